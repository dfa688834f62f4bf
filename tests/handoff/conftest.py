from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.engine import make_engine, migrate, truncate_log
from bot.handoff.service import Handoff
from bot.privacy.durations import Durations

LOCAL_SERVER = "postgresql://postgres@127.0.0.1:5432/test"
DURATIONS = Durations(conversation_days=21, case_days=90)


class Clock:
    """A clock that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def _server() -> Engine:
    address = os.environ.get("BROBYGGER_TEST_POSTGRES", LOCAL_SERVER)
    return sa.create_engine(address, future=True, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})


def create_database(address: str | None = None, template: str | None = None) -> str:
    """Make a database of our own and return its address; skips where there is no server."""
    server = _server()
    url = sa.engine.make_url(address) if address else server.url.set(database=f"brobygger_{secrets.token_hex(4)}")
    copied = f" TEMPLATE {template}" if template else ""
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {url.database}{copied}"))
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL server answers (BROBYGGER_TEST_POSTGRES)")
    finally:
        server.dispose()
    return str(url.render_as_string(hide_password=False))


def drop_database(address: str) -> None:
    server = _server()
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE IF EXISTS {sa.engine.make_url(address).database} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/record.db"
    else:
        address = create_database()
        yield address
        drop_database(address)


@pytest.fixture
def empty(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Databases that are migrated already, by kind; a test gets a copy."""
    made: dict[str, str] = {}
    yield made
    for kind, address in made.items():
        if kind != "sqlite":
            drop_database(address)


@pytest.fixture
def engine(templates: dict[str, str], tmp_path_factory: pytest.TempPathFactory, url: str) -> Iterator[Engine]:
    kind = url.partition(":")[0]
    if kind not in templates:
        if kind == "sqlite":
            templates[kind] = f"sqlite:///{tmp_path_factory.mktemp('template')}/record.db"
        else:
            templates[kind] = create_database()
        template = make_engine(templates[kind])
        migrate(template)
        truncate_log(template)
        template.dispose()
    if kind == "sqlite":
        shutil.copy(templates[kind].removeprefix("sqlite:///"), url.removeprefix("sqlite:///"))
    else:
        drop_database(url)
        create_database(url, sa.engine.make_url(templates[kind]).database)
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def talks(engine: Engine, clock: Clock) -> Conversations:
    return Conversations(engine, DURATIONS, clock)


@pytest.fixture
def handoff(engine: Engine, clock: Clock) -> Handoff:
    return Handoff(engine, durations=DURATIONS, answer_deadline=timedelta(hours=24), clock=clock)


@pytest.fixture
def talk(talks: Conversations) -> str:
    return talks.create(language="uk", municipality="fjordvik")[0].id


@pytest.fixture
def coordinators(engine: Engine, clock: Clock) -> tuple[str, str]:
    accounts = Accounts(engine, clock)
    return accounts.create("kari")[0].id, accounts.create("per")[0].id


@pytest.fixture
def lead(engine: Engine, clock: Clock) -> str:
    return Accounts(engine, clock).create("ida", "lead")[0].id
