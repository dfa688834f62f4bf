from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.engine import make_engine, migrate
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


def postgres_database() -> Iterator[str]:
    """The address of an empty database of its own, removed afterwards; skips where there is no server."""
    address = os.environ.get("BROBYGGER_TEST_POSTGRES", LOCAL_SERVER)
    server = sa.create_engine(address, future=True, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2})
    name = f"brobygger_{secrets.token_hex(4)}"
    try:
        with server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    except sa.exc.OperationalError:
        pytest.skip("no PostgreSQL server answers (BROBYGGER_TEST_POSTGRES)")
    yield sa.engine.make_url(address).set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/record.db"
    else:
        yield from postgres_database()


@pytest.fixture
def empty(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(empty: Engine) -> Engine:
    migrate(empty)
    return empty


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
