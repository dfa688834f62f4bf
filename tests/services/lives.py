"""What families and coordinators do in a life of a case, call by call; each journey is driven by test_killed."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy.engine import Engine

from bot.handoff.records import Case
from bot.handoff.service import Handoff
from bot.privacy.durations import Durations
from tests.conftest import RasaProcess
from tests.services.killing import Call, Desk, Family, Web, Webhook

KEPT = Durations(conversation_days=21, case_days=90)
Journey = Generator[Call, httpx.Response, None]


@dataclass
class Town:
    """All that stands while web dies: the record, Rasa, the receiver of news, and two coordinators."""

    web: Web
    engine: Engine
    webhook: Webhook
    environment: dict[str, str]
    rasa: RasaProcess
    kari: Desk
    per: Desk
    commits: dict[str, int] = field(default_factory=dict)
    """How often each kind of step commits before its answer."""
    families: list[Family] = field(default_factory=list)

    @property
    def var(self) -> Path:
        """Where every file is."""
        return self.rasa.var

    def open(self) -> Family:
        """Begin a conversation."""
        answer = self.web.send(Call("opens", "POST", "/api/conversations", json={"language": "nb"}, fine=(201,)))
        assert answer is not None
        self.families.append(Family(answer.json(), len(self.families)))
        return self.families[-1]

    def case(self, family: Family) -> Case:
        """The case that was opened last."""
        found = Handoff(self.engine, durations=KEPT).latest_case(family.id)
        assert found is not None
        return found


def into_the_queue(family: Family) -> Journey:
    """From the first question to her yes, by the longest way."""
    yield family.say("hva koster barnehage")
    yield family.say("barnevernet har sendt meg et brev")
    reply = yield family.choose("yes")
    reply = yield family.press(reply, "summary")
    reply = yield family.press(reply, "edit")
    reply = yield family.say(family.summary, "writes a summary")
    reply = yield family.press(reply, "ok")
    reply = yield family.press(reply, "phone")
    reply = yield family.say(family.phone, "writes a number")
    reply = yield family.say("ja", "says yes: she may be called")
    assert reply.json()["messages"][-1]["choices"][0]["payload"].endswith("reveal:yes")
    reply = yield family.press(reply, "reveal:no")
    reply = yield family.press(reply, "keep")
    reply = yield family.say("nei", "says no: no interpreter")
    reply = yield family.press(reply, "write")
    reply = yield family.say(family.name, "writes a name")
    reply = yield family.press(reply, "confirm:yes")
    assert reply.json()["state"] == "waiting"
    assert reply.json()["messages"]


def whole_life(town: Town, family: Family) -> Journey:
    yield from into_the_queue(family)
    case, kari, per = town.case(family).id, town.kari, town.per
    yield family.say("Jeg venter og har det travelt")
    yield kari.send(case, "claim")
    yield kari.send(case, "reply", text="Hei, jeg heter Kari", id="r1", language="nb")
    yield family.say("Takk, kan du ringe skolen?")
    yield kari.send(case, "notes", text="Ring skolen etter tolv", id="n1")
    for code in ("email", "school", "nav"):
        yield kari.send(case, "ask", code=code)
    asks = {one.code: one.id for one in Handoff(town.engine, durations=KEPT).open_asks(family.id)}
    yield family.choose(f"further:{asks['school']}:yes")
    yield family.choose(f"further:{asks['nav']}:later")
    yield family.choose(f"further:{asks['nav']}:no")
    yield family.choose(f"further:{asks['email']}:yes")
    yield family.say("vindalf@example.no", "writes an address")
    yield kari.send(case, "hand-on", to=f"account:{per.account}", text="Du kjenner skolen bedre")
    yield per.send(case, "reply", text="Hei, jeg heter Per", id="r1p", language="nb")
    yield per.send(case, "release")
    yield kari.send(case, "claim")
    yield kari.send(case, "close", outcome="answered")
    reply = yield family.say("hva koster sfo")
    assert reply.json()["state"] == "bot"


def withdrawn_while_live(town: Town, family: Family) -> Journey:
    case = town.case(family).id
    yield family.choose(f"consent:{case}:confirm:yes")
    yield town.kari.send(case, "claim")
    yield family.say("Ring meg gjerne")
    reply = httpx.get(town.web.address + family.receipts().path, headers=family.headers, timeout=30)
    yield family.withdraw(reply.json()["receipts"][-1]["id"])
    yield family.say("hva koster barnehage")


def to_the_last_step(family: Family) -> Journey:
    yield family.say("barnevernet har sendt meg et brev")
    reply = yield family.say("ja")
    for answer in ("summary", "edit"):
        reply = yield family.press(reply, answer)
    reply = yield family.say(family.summary)
    for answer in ("ok", "chat", "keep", "interpreter:no", "write"):
        reply = yield family.press(reply, answer)
    yield family.say(family.name)


def declined_at_the_end(town: Town, family: Family) -> Journey:
    yield family.say("nei", "says no at the end")
    assert town.case(family).state == "declined"
    yield family.say("jeg vil snakke med noen")
    yield family.say("ja", "says yes to the offer")
    reply = yield family.say("hva koster sfo", "asks in the middle")
    yield family.press(reply, "share:no")
    yield family.choose("human")
    yield family.choose("no")


def deleted_while_live(town: Town, family: Family) -> Journey:
    case = town.case(family).id
    yield family.choose(f"consent:{case}:confirm:yes")
    yield town.kari.send(case, "claim")
    yield family.say("Jeg vil slette alt")
    yield family.delete()


def with_a_person(begin: Journey, call: Call, town: Town, family: Family) -> Journey:
    """The rest of a journey into the queue that is at ``call``, and a person's answer."""
    try:
        while True:
            call = begin.send((yield call))
    except StopIteration:
        case = town.case(family).id
    yield family.say("Er det noen der?")
    yield town.kari.send(case, "claim")
    yield family.say("Kan du ringe meg?")
    yield town.kari.send(case, "reply", text="Jeg ringer deg", id="r", language="nb")
    yield town.kari.send(case, "close", outcome="answered")
