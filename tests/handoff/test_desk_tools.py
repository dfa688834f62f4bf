"""What coordinators have around a case: handing on, drafts, mentions, interpreter, presence, translation."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts
from bot.handoff.consent import Step
from bot.handoff.conversations import Conversations
from bot.handoff.engine import reading
from bot.handoff.handing_on import NoReceiver
from bot.handoff.mentions import Mentions
from bot.handoff.noting import named_in
from bot.handoff.presence import GONE_AFTER, Presence
from bot.handoff.records import Case, CaseGone
from bot.handoff.service import Handoff
from bot.handoff.tables_desk import (
    drafts,
    interpreter_ticks,
    interpreters,
    mentions,
    translation_consents,
    translations,
)
from bot.handoff.teams import TeamInUse, TeamNameTaken, Teams
from bot.handoff.translating import NotAllowedToTranslate

QUESTION = {"kind": "notice", "text": "May a machine translate?", "language": "uk", "direction": "ltr", "choices": []}


def said(text: str, language: str = "uk") -> dict[str, Any]:
    return {"kind": "notice", "text": text, "language": language, "direction": "ltr"}


@pytest.fixture
def case(handoff: Handoff, talk: str, coordinators: tuple[str, str]) -> Case:
    """A case that kari has."""
    handoff.offer(talk, reason="human")
    prompt = handoff.accept(talk, summary="")
    for answer in ("contact_only", "chat", "keep", "no", "skip", "yes"):
        assert prompt is not None
        if prompt.step is Step.CONFIRM:
            handoff.notice_shown(talk, text="…", language="uk", version="1")
        prompt = handoff.answer_step(talk, prompt.case, prompt.step, answer).prompt
    opened = handoff.open_case(talk)
    assert opened is not None
    claimed = handoff.claim(opened.id, coordinators[0])
    assert claimed is not None
    return claimed


def actions_of(engine: Engine, case: Case) -> list[tuple[str, str | None]]:
    return [(line.action, line.detail) for line in audit.entries(engine, case=case.id)]


# -- handing on


def test_a_colleague_has_the_case_at_once_with_the_note_and_a_new_deadline(
    engine: Engine, handoff: Handoff, case: Case, coordinators: tuple[str, str], clock: Any
):
    kari, per = coordinators
    handoff.reply(case.id, kari, client_id="1", body=said("Hei"))
    clock.forward(hours=3)
    moved = handoff.hand_to(case.id, kari, receiver=per, note="Hun vil snakke om et brev.")
    assert (moved.state, moved.account, moved.replied_at) == ("claimed", per, None)
    assert case.deadline_at is not None
    assert moved.deadline_at is not None
    assert moved.deadline_at > case.deadline_at
    assert [note.text for note in handoff.view(case.id, per).notes] == ["Hun vil snakke om et brev."]
    assert Mentions(engine, clock).unread(per) == 1
    assert not handoff.view(case.id, kari).own
    assert ("case.handed_on", f"account:{per}") in actions_of(engine, case)
    with pytest.raises(CaseGone):
        handoff.reply(case.id, kari, client_id="2", body=said("enda en"))


def test_nobody_gets_a_case_who_cannot_have_one(
    engine: Engine, handoff: Handoff, case: Case, coordinators: tuple[str, str]
):
    kari, per = coordinators
    accounts = Accounts(engine)
    accounts.disable(per)
    auditor = accounts.create("revisor", "auditor")[0].id
    for receiver in (per, auditor, kari, "nobody"):
        with pytest.raises(NoReceiver):
            handoff.hand_to(case.id, kari, receiver=receiver, note="Til deg")
    with pytest.raises(NoReceiver):
        handoff.hand_to_queue(case.id, kari, team="nothing", note="Til dere")
    assert handoff.view(case.id, kari).case.account == kari
    assert handoff.view(case.id, kari).notes == ()


@pytest.mark.parametrize("note", ["", "  \n"])
def test_handing_on_needs_a_note(handoff: Handoff, case: Case, coordinators: tuple[str, str], note: str):
    with pytest.raises(ValueError, match="note"):
        handoff.hand_to(case.id, coordinators[0], receiver=coordinators[1], note=note)
    with pytest.raises(ValueError, match="note"):
        handoff.hand_to_queue(case.id, coordinators[0], team=None, note=note)


def test_a_team_gets_the_case_in_its_queue_and_it_stays_the_teams_until_it_is_everybodys(
    engine: Engine, handoff: Handoff, case: Case, coordinators: tuple[str, str], clock: Any
):
    kari, per = coordinators
    teams = Teams(engine, clock)
    team = teams.create("Skole", kari)
    waiting = handoff.hand_to_queue(case.id, kari, team=team, note="Om skole.")
    assert (waiting.state, waiting.team, waiting.account) == ("returned", team, None)
    assert waiting.queued_at == case.queued_at
    with pytest.raises(TeamInUse):
        teams.close(team, kari)
    taken = handoff.claim(case.id, per)
    assert taken is not None
    assert taken.team == team
    assert handoff.release(case.id, per).team == team
    assert handoff.claim(case.id, per) is not None
    assert handoff.hand_to_queue(case.id, per, team=None, note="For alle.").team is None
    teams.close(team, kari)
    assert teams.open() == ()


def test_a_team_has_members_who_can_have_cases_and_a_name_of_its_own(engine: Engine, coordinators: tuple[str, str]):
    kari, per = coordinators
    teams = Teams(engine)
    auditor = Accounts(engine).create("revisor", "auditor")[0].id
    team = teams.create("  Barn  og skole ", kari)
    teams.change(team, name="Skole", members=[per, auditor, "nobody"], by=kari)
    (only,) = teams.open()
    assert (only.name, only.members) == ("Skole", {per})
    assert (teams.of(per), teams.of(kari)) == ({team}, frozenset())
    with pytest.raises(TeamNameTaken):
        teams.create("Skole", kari)
    with pytest.raises(ValueError, match="name"):
        teams.create(" \n ", kari)


# -- mentions


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@kari kan du se?", {"kari"}),
        ("Spør @Kari Nordmann!", {"kari nordmann"}),
        ("(@per), @KARI.", {"per", "kari"}),
        ("@karianne", set()),
        ("kari@per.example", set()),
        ("ingen her", set()),
        ("@", set()),
    ],
)
def test_a_mention_is_a_whole_name_after_an_at(text: str, found: set[str]):
    assert named_in(text, ("kari", "kari nordmann", "per")) == found


def test_who_is_mentioned_reads_the_note_and_nothing_else_of_the_case(
    engine: Engine, handoff: Handoff, case: Case, coordinators: tuple[str, str]
):
    kari, per = coordinators
    note = handoff.note(case.id, kari, "@per, kjenner du SFO-reglene? @per")
    seen = Mentions(engine)
    (mention,) = seen.of(per)
    assert (mention.case, mention.author, mention.text) == (case.id, "kari", None)
    assert (seen.unread(per), seen.unread(kari)) == (1, 0)
    assert not seen.open(note.id, kari)
    assert seen.open(note.id, per)
    assert seen.open(note.id, per)
    assert [one.text for one in seen.of(per)] == [note.text]
    assert seen.unread(per) == 0
    assert actions_of(engine, case).count(("note.read", None)) == 1
    assert handoff.view(case.id, per).notes == ()


# -- drafts


def test_a_draft_is_her_own_and_goes_when_it_is_sent(handoff: Handoff, case: Case, coordinators: tuple[str, str]):
    kari, per = coordinators
    assert handoff.keep_draft(case.id, kari, client_id="1", text="Hei, jeg", language="nb") is not None
    assert handoff.keep_draft(case.id, kari, client_id="1", text="Hei, jeg heter Kari", language="nb") is not None
    with pytest.raises(CaseGone):
        handoff.keep_draft(case.id, per, client_id="1", text="Hei", language="nb")
    kept = handoff.draft_of(case.id, kari)
    assert kept is not None
    assert kept.text == "Hei, jeg heter Kari"
    assert handoff.draft_of(case.id, per) is None
    handoff.reply(case.id, kari, client_id="1", body=said("Hei, jeg heter Kari"))
    assert handoff.draft_of(case.id, kari) is None


def test_an_autosave_that_comes_after_the_reply_brings_nothing_back(
    handoff: Handoff, case: Case, coordinators: tuple[str, str]
):
    handoff.reply(case.id, coordinators[0], client_id="1", body=said("Hei"))
    assert handoff.keep_draft(case.id, coordinators[0], client_id="1", text="Hei", language="nb") is None
    assert handoff.draft_of(case.id, coordinators[0]) is None


@pytest.mark.parametrize("way", ["release", "hand_to", "queue", "close", "overdue", "withdraw"])
def test_a_draft_goes_when_the_case_leaves_her(
    way: str, engine: Engine, handoff: Handoff, case: Case, coordinators: tuple[str, str], talk: str, clock: Any
):
    kari, per = coordinators
    handoff.keep_draft(case.id, kari, client_id="1", text="Hei", language="nb")
    match way:
        case "release":
            handoff.release(case.id, kari)
        case "hand_to":
            handoff.hand_to(case.id, kari, receiver=per, note="Til deg")
        case "queue":
            handoff.hand_to_queue(case.id, kari, team=None, note="Til alle")
        case "close":
            handoff.close(case.id, kari, "answered")
        case "overdue":
            clock.forward(hours=25)
            handoff.expire_overdue()
        case _:
            handoff.withdraw(talk, handoff.receipts(talk)[0].id)
    with reading(engine) as connection:
        assert connection.execute(sa.select(drafts)).all() == []


# -- interpreter


def test_each_step_of_the_checklist_says_who_and_when(
    engine: Engine, handoff: Handoff, case: Case, coordinators: tuple[str, str], clock: Any
):
    kari, per = coordinators
    first = clock.now
    handoff.save_booking(case.id, kari, language="uk", way="screen", meets_at=None, ticks=["qualified", "booked"])
    handoff.hand_to(case.id, kari, receiver=per, note="Tolk er bestilt.")
    clock.forward(hours=1)
    handoff.save_booking(case.id, per, language="uk", way="phone", meets_at=clock.now, ticks=["booked", "told"])
    found = handoff.booking(case.id)
    assert (found.way, found.meets_at) == ("phone", clock.now)
    assert {code: (tick.account, tick.at) for code, tick in found.ticks.items()} == {
        "booked": (kari, first),
        "told": (per, clock.now),
    }
    assert ("interpreter.undone", "qualified") in actions_of(engine, case)
    for wrong in ({"way": "pigeon", "ticks": []}, {"way": None, "ticks": ["paid"]}):
        with pytest.raises(ValueError, match="checklist"):
            handoff.save_booking(case.id, per, language=None, meets_at=None, **wrong)  # type: ignore[arg-type]


# -- presence


def test_a_look_is_seen_by_colleagues_and_ends_by_itself(
    engine: Engine, case: Case, coordinators: tuple[str, str], clock: Any
):
    kari, per = coordinators
    presence = Presence(engine, clock)
    presence.look(case.id, kari, writing_now=True)
    presence.look("K-0000", kari, writing_now=False)
    assert [(one.name, one.writing) for one in presence.others(case.id, per)] == [("kari", True)]
    assert presence.others(case.id, kari) == ()
    presence.look(case.id, kari, writing_now=False)
    assert [one.writing for one in presence.others(case.id, per)] == [False]
    clock.now += GONE_AFTER
    assert presence.others(case.id, per) == ()
    presence.look(case.id, kari, writing_now=False)
    presence.leave(case.id, kari)
    assert presence.others(case.id, per) == ()


# -- machine translation


def test_nothing_is_translated_before_her_yes_nor_after_she_stops_it(
    engine: Engine, handoff: Handoff, talks: Conversations, case: Case, coordinators: tuple[str, str], talk: str
):
    kari, per = coordinators
    hers = talks.record_message(talk, client_id="p", body=said("Добрий день")).message
    with pytest.raises(NotAllowedToTranslate):
        handoff.to_translate(case.id, kari, hers.id)
    assert handoff.answer_translation(talk, case.id, "yes") is None
    asked = handoff.ask_translation(case.id, kari, QUESTION)
    assert asked is not None
    assert (asked.author, asked.case) == ("system", case.id)
    assert handoff.ask_translation(case.id, kari, QUESTION) is None
    with pytest.raises(NotAllowedToTranslate):
        handoff.to_translate(case.id, kari, hers.id)
    answered = handoff.answer_translation(talk, case.id, "yes")
    assert answered is not None
    assert answered[0] == "given"
    assert handoff.to_translate(case.id, kari, hers.id).body["text"] == "Добрий день"
    with pytest.raises(CaseGone):
        handoff.to_translate(case.id, per, hers.id)
    with pytest.raises(CaseGone):
        handoff.to_translate(case.id, kari, asked.id)
    handoff.keep_translation(case.id, kari, hers.id, language="nb", text="God dag")
    handoff.keep_translation(case.id, kari, hers.id, language="nb", text="God dag")
    assert handoff.translations_of(case.id) == {hers.id: ("nb", "God dag")}
    stopped = handoff.answer_translation(talk, case.id, "stop")
    assert stopped is not None
    assert stopped[0] == "withdrawn"
    assert handoff.translations_of(case.id) == {}
    with pytest.raises(NotAllowedToTranslate):
        handoff.keep_translation(case.id, kari, hers.id, language="nb", text="God dag")
    assert [action for action, _ in actions_of(engine, case) if action.startswith("translation.")] == [
        "translation.asked",
        "translation.given",
        "translation.made",
        "translation.made",
        "translation.withdrawn",
    ]


def test_asking_is_no_answer_to_her(handoff: Handoff, case: Case, coordinators: tuple[str, str]):
    handoff.ask_translation(case.id, coordinators[0], QUESTION)
    now = handoff.view(case.id, coordinators[0]).case
    assert (now.replied_at, now.deadline_at) == (None, case.deadline_at)


def test_a_yes_counts_only_in_its_own_conversation_and_a_stop_also_after_the_end(
    handoff: Handoff, talks: Conversations, case: Case, coordinators: tuple[str, str], talk: str
):
    other = talks.create(language="uk")[0].id
    handoff.ask_translation(case.id, coordinators[0], QUESTION)
    assert handoff.answer_translation(other, case.id, "yes") is None
    assert handoff.translation_state(case.id) == "asked"
    handoff.answer_translation(talk, case.id, "yes")
    handoff.close(case.id, coordinators[0], "answered")
    assert handoff.answer_translation(talk, case.id, "stop") is not None
    assert handoff.answer_translation(talk, case.id, "yes") is None
    assert handoff.translation_state(case.id) == "withdrawn"


def test_withdrawal_leaves_nothing_of_all_this(
    engine: Engine, handoff: Handoff, talks: Conversations, case: Case, coordinators: tuple[str, str], talk: str
):
    kari, per = coordinators
    hers = talks.record_message(talk, client_id="p", body=said("Добрий день")).message
    handoff.keep_draft(case.id, kari, client_id="1", text="Hei", language="nb")
    handoff.note(case.id, kari, "@per se her")
    handoff.save_booking(case.id, kari, language="uk", way="phone", meets_at=None, ticks=["booked"])
    handoff.ask_translation(case.id, kari, QUESTION)
    handoff.answer_translation(talk, case.id, "yes")
    handoff.keep_translation(case.id, kari, hers.id, language="nb", text="God dag")
    handoff.withdraw(talk, handoff.receipts(talk)[0].id)
    with reading(engine) as connection:
        for table in (drafts, mentions, interpreters, interpreter_ticks, translations):
            assert connection.execute(sa.select(table)).all() == [], table.name
        (ended,) = connection.execute(sa.select(translation_consents)).all()  # the receipt: codes and a hash
    assert (ended.state, ended.answered_at is not None) == ("withdrawn", True)
    assert Mentions(engine).of(per) == ()
