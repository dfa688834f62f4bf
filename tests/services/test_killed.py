"""The life of a case with the web process killed at every step of it, before, between and after its commits.

Each test is a whole life with one place of death: at every step the process dies there, is started again, and is sent
the same message again, as the chat does. A step that is over before that place is acknowledged first, and then the
process is killed. So every step is died in at every place it has, and the rest of the life follows on every death.
"""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import tables
from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.engine import make_engine, migrate, reading
from bot.handoff.service import Handoff
from bot.handoff.tables_deliveries import deliveries
from bot.settings import read_settings
from tests.conftest import ROOT, free_port, start_rasa, stop
from tests.handoff.steps import every_word, handed_over
from tests.services.killing import Call, Desk, Family, Web, Webhook, facts, stored
from tests.services.lives import (
    KEPT,
    Journey,
    Town,
    declined_at_the_end,
    deleted_while_live,
    into_the_queue,
    to_the_last_step,
    whole_life,
    with_a_person,
    withdrawn_while_live,
)
from tests.serving import serving

pytestmark = [pytest.mark.services, pytest.mark.model]

DEATHS = range(6)
"""Places of death: before the first commit, after each one, and when the longest step has been acknowledged."""
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def town(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    var = tmp_path_factory.mktemp("killed")
    port = free_port()
    with serving(Webhook()) as webhook:
        given = {
            "WEB_PORT": str(port),
            "HOURS": "always",
            "MESSAGES_PER_MINUTE": "100000",
            "CONVERSATIONS_PER_MINUTE": "100000",
            "WEBHOOK_URL": webhook.address,
            "WEBHOOK_SECRET": "news of the tests are signed with this one",
            "AUDIT_SECRET": os.environ["BROBYGGER_AUDIT_SECRET"],
        }
        process, rasa = start_rasa(trained_model, var, **{f"BROBYGGER_{name}": value for name, value in given.items()})
        engine = make_engine(read_settings(rasa.environment).database_url)
        migrate(engine)
        web = Web(rasa.environment, port, var / "web.log")
        web.start()
        try:
            kari, per = (signed_in(web, engine, name) for name in ("kari", "per"))
            yield Town(web, engine, webhook, rasa.environment, rasa, kari, per)
        finally:
            web.close()
            engine.dispose()
            stop(process)


def signed_in(web: Web, engine: Engine, name: str) -> Desk:
    account, _ = Accounts(engine).create(name, "coordinator", PASSWORD)
    form = {"name": name, "password": PASSWORD}
    answer = web.send(Call("signs in", "POST", "/console/sign-in", {"Origin": web.address}, form=form, fine=(303,)))
    assert answer is not None
    assert answer.status_code == 303, answer.text
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return Desk(account.id, cookie, web.address)


def place_of(death: int) -> str:
    """Where a step dies in a life: 0 before its first commit, else after that many."""
    return f"after:{death}" if death else "before:1"


def live_through(town: Town, family: Family, journey: Journey, death: int, holds: Callable[[], None]) -> None:
    """Take every step of a journey with a death in it; ``holds`` is looked at after each of them.

    A step that is over before is killed when it has been acknowledged, once: a shorter one still has had all its deaths
    in other lives and is only taken.
    """
    web, engine = town.web, town.engine
    call = next(journey)
    while True:
        client_id = str((call.json or {}).get("id", ""))
        before = facts(engine, family.id)
        answer = web.send(call, die=place_of(death))
        if answer is None:
            web.start()
            middle = facts(engine, family.id)
            kept = stored(engine, family.id, client_id)[0]
            assert kept == (1 if client_id and death else 0), f"{call.name}, {place_of(death)}: stored {kept} times"
            holds()
            answer = taken(web, call, (*call.fine, *(call.again if middle != before else ())))
            after = facts(engine, family.id)
            half = {} if middle == before else {key: (middle.get(key), after[key]) for key in after}
            half = {key: values for key, values in half.items() if values[0] != values[1]}
            assert not half, f"{call.name}, {place_of(death)}: half a step: {half}"
        else:
            assert answer.status_code in call.fine, f"{call.name}: {answer.status_code} {answer.text[-500:]}"
            after = facts(engine, family.id)
            commits = int(answer.headers["test-commits"])
            town.commits[call.name] = max(commits, town.commits.get(call.name, 0))
            if commits + 1 == death:
                web.kill()
                web.start()
                assert facts(engine, family.id) == after, f"{call.name}: acknowledged and not there"
                holds()
            elif commits + 1 < death:
                after = {}
        if after:
            repeat(town, family, call, answer, after)
        try:
            call = journey.send(answer)
        except StopIteration:
            return


def repeat(town: Town, family: Family, call: Call, answer: httpx.Response, after: dict[str, Any]) -> None:
    """Sent once more, an answered step changes nothing and is answered as it was."""
    client_id = str((call.json or {}).get("id", ""))
    said = stored(town.engine, family.id, client_id)
    repeated = taken(town.web, call, (*call.fine, *call.again))
    assert facts(town.engine, family.id) == after, f"{call.name} again: it had an effect twice"
    if client_id:
        assert said[0] == 1, f"{call.name} is stored {said[0]} times"
        assert stored(town.engine, family.id, client_id) == said, f"{call.name} again: answered twice"
        assert repeated.json()["messages"] == answer.json()["messages"], f"{call.name} again: another answer"


def taken(web: Web, call: Call, fine: tuple[int, ...]) -> httpx.Response:
    """Send something that must be answered so."""
    answer = web.send(call)
    assert answer is not None, f"{call.name}: died without being told to"
    assert answer.status_code in fine, f"{call.name}: {answer.status_code} {answer.text[-500:]}"
    return answer


# -- what must hold after every death


def nothing_before_her_yes(town: Town, family: Family) -> Callable[[], None]:
    """No word that she typed in a step is on a coordinator's page before her yes, or anywhere after her no."""

    def holds() -> None:
        case = Handoff(town.engine, durations=KEPT).latest_case(family.id)
        if case is None or case.state not in ("offered", "consenting", "declined", "withdrawn"):
            return
        for path in ("/console", f"/console/cases/{case.id}"):
            page = taken(town.web, town.kari.look(path), (200, 404))
            assert not family.found_in(page.text), path
        if case.state in ("declined", "withdrawn"):
            assert not family.found_in(every_word(town.engine)), case.state

    return holds


def all_is_well(town: Town) -> None:
    """Afterwards: the chain of the log, the news, and what she typed in a step in no place where it must never be."""
    verified = subprocess.run(
        [sys.executable, "-m", "bot.handoff.audit", "verify"],
        cwd=ROOT,
        env=town.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (verified.returncode, verified.stdout[:7]) == (0, "Intact:"), verified.stdout + verified.stderr
    news_arrives(town)
    secrets = [word for family in town.families for word in family.secrets]
    assert not [word for word in secrets if word in str(town.webhook.news)]
    files = [path for path in town.var.iterdir() if path.name.startswith("dialogue") or path.suffix == ".log"]
    assert {"dialogue.db", "web.log", "rasa.log"} <= {path.name for path in files}
    assert not [(path.name, word) for path in files for word in secrets if word.encode() in path.read_bytes()]


def news_arrives(town: Town) -> None:
    """Every piece of news that was ever written reaches its receiver, and what was delivered was written."""
    with reading(town.engine) as connection:
        due = set(connection.execute(sa.select(tables.outbox.c.id)).scalars())
    until = time.monotonic() + 15
    while time.monotonic() < until:
        if due <= {piece["id"] for piece in town.webhook.news}:
            break
        time.sleep(0.05)
    missing = due - {piece["id"] for piece in town.webhook.news}
    assert not missing
    waiting = sa.select(sa.func.count()).select_from(deliveries).where(deliveries.c.next_attempt_at.is_not(None))
    while time.monotonic() < until:
        with reading(town.engine) as connection:
            if not connection.execute(waiting).scalar_one():
                return
        time.sleep(0.05)
    raise AssertionError("news is still said to wait")


def without_deaths(town: Town, journey: Journey) -> None:
    call = next(journey)
    while True:
        answer = taken(town.web, call, call.fine)
        try:
            call = journey.send(answer)
        except StopIteration:
            return


@pytest.mark.parametrize("death", DEATHS)
def test_a_case_lives_from_offer_to_end_though_web_dies_at_every_step(death: int, town: Town) -> None:
    family = town.open()
    live_through(town, family, whole_life(town, family), death, nothing_before_her_yes(town, family))
    case = town.case(family)
    assert (case.state, case.outcome) == ("closed", "answered")
    page = taken(town.web, town.kari.look(f"/console/cases/{case.id}"), (200,)).text
    assert not [word for word in (family.summary, family.name, family.phone, "vindalf@example.no") if word not in page]
    said = [message["text"] for message in taken(town.web, family.read(), (200,)).json()["messages"]]
    with reading(town.engine) as connection:
        record, shared = tables.consent_records, tables.shared
        query = sa.select(record.c.notice_sha256, shared.c.notice).join(shared, shared.c.case_id == record.c.case_id)
        row = connection.execute(query.where(record.c.case_id == case.id, record.c.purpose == "handoff")).one()
    assert row.notice_sha256 == hashlib.sha256(row.notice.encode()).hexdigest()
    assert any(row.notice in text for text in said), "she said yes to words she was not shown"
    all_is_well(town)


@pytest.mark.parametrize("death", DEATHS)
def test_a_case_ends_early_as_a_whole_though_web_dies_at_every_step(death: int, town: Town) -> None:
    for end in (declined_at_the_end, withdrawn_while_live, deleted_while_live):
        family = town.open()
        without_deaths(town, to_the_last_step(family))
        live_through(town, family, end(town, family), death, nothing_before_her_yes(town, family))
    all_is_well(town)


def test_every_step_has_died_at_every_place_it_has(town: Town) -> None:
    assert len(town.commits) >= 40
    assert max(town.commits.values()) + 1 == DEATHS[-1], town.commits


def test_news_outlives_a_death_at_every_commit_of_the_jobs(town: Town) -> None:
    """Told at least once, whatever dies: also between the receiver's answer and the line that says it has arrived."""
    talks, handoff = Conversations(town.engine, KEPT), Handoff(town.engine, durations=KEPT)
    town.web.kill()
    died = 0
    for place in [f"{when}:{number}" for number in range(1, 8) for when in ("before", "after")]:
        told = len(town.webhook.news)
        handed_over(handoff, talks.create(language="uk")[0].id)
        town.web.start(place)
        until = time.monotonic() + 2
        while town.web.is_alive() and time.monotonic() < until and len(town.webhook.news) == told:
            time.sleep(0.02)
        time.sleep(0.1)  # for what follows the receiver's answer
        if town.web.is_alive():
            town.web.kill()
        else:
            town.web.wait_for_its_end()
            died += 1
    assert died >= 10, died
    town.web.start()
    all_is_well(town)


def test_a_case_is_handed_over_and_answered_though_rasa_is_dead(town: Town) -> None:
    """The steps and a person need no Rasa; what only Rasa can answer is kept. No action server runs in any of this."""
    family = town.open()
    begin = into_the_queue(family)
    call = next(begin)
    while call.name != "presses consent:name:write":
        call = begin.send(taken(town.web, call, call.fine))
    os.kill(town.rasa.pid, signal.SIGKILL)
    live_through(town, family, with_a_person(begin, call, town, family), 2, nothing_before_her_yes(town, family))
    question = family.say("hva koster barnehage")
    for _ in range(2):
        assert taken(town.web, question, (503,)).json()["messages"][0]["numbers"]
        town.web.kill()
        town.web.start()
    assert stored(town.engine, family.id, (question.json or {})["id"]) == (1, 0)
    all_is_well(town)
