from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.handoff import audit
from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.engine import make_engine, migrate, reading
from bot.handoff.records import ConversationGone
from bot.handoff.service import Handoff
from bot.handoff.tables import cases, conversations, metadata
from bot.handoff.tables import outbox as outbox_table
from bot.privacy.deletion import QUIET, delete_conversation, open_dialogue, purge_dialogue, sweep
from bot.privacy.durations import Durations, durations
from bot.privacy.retention import due_conversations, run_retention
from bot.settings import read_settings

DURATIONS = Durations(conversation_days=21, case_days=90)
SAID = "Чому нам відмовили у Solsikken"
LATIN = "hemmeligsolsikke"
CONTACT = "+47 91 23 45 67"
NAME = "Olenasolsikke"
TIMES = "Tirsdagetterklokkaatten"
EVENTS = """
CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, type_name VARCHAR(255) NOT NULL,
timestamp FLOAT, intent_name VARCHAR(255), action_name VARCHAR(255), data TEXT);
CREATE INDEX ix_events_sender_id ON events (sender_id);
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Place:
    """An installation on real files: the record, Rasa's tracker store as Rasa lays it out, and a conversation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        self.engine: Engine = make_engine(f"sqlite:///{folder}/record.db")
        migrate(self.engine)
        self.tracker = sqlite3.connect(folder / "dialogue.db")
        self.tracker.execute("PRAGMA journal_mode=WAL")
        self.tracker.execute("PRAGMA secure_delete=ON")
        self.tracker.executescript(EVENTS)
        self.dialogue = open_dialogue(f"sqlite:///{folder}/dialogue.db")
        self.talks = Conversations(self.engine, DURATIONS, self.clock)
        self.handoff = Handoff(self.engine, durations=DURATIONS, clock=self.clock)
        self.account = Accounts(self.engine, self.clock).create("kari")[0].id

    def talk(self) -> str:
        talk = self.talks.create(language="uk", municipality="fjordvik")[0].id
        for number in range(20):
            body = {"kind": "answer", "text": f"{SAID} {LATIN} {number}", "topic": "barnehage.apply"}
            self.talks.record_message(talk, client_id=str(number), body=body)
            (reply,) = self.talks.record_replies(talk, [body], reply_to=str(number))
            self.tracked(talk)
        self.talks.feedback(talk, message=reply.id, useful=False, reason=LATIN)
        return talk

    def tracked(self, talk: str) -> None:
        at = self.clock().timestamp()
        data = f'{{"event": "user", "text": "{SAID} {LATIN}"}}'
        self.tracker.execute(
            "INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (?, 'user', ?, ?)", (talk, at, data)
        )
        self.tracker.commit()

    def hand_over(self, talk: str) -> str:
        self.handoff.offer(talk, reason="own_case", topic="barnehage.apply")
        prompt = self.handoff.accept(talk, summary=LATIN)
        assert prompt is not None
        case = prompt.case
        for step, given in [("share", "summary"), ("summary", "ok"), ("reach", "phone")]:
            self.handoff.answer_step(talk, case, step, given)
        self.handoff.answer_text(talk, CONTACT)
        self.handoff.answer_step(talk, case, "calls", "times")
        self.handoff.answer_text(talk, TIMES)
        self.handoff.answer_step(talk, case, "reveal", "no")
        for step, given in [("language", "nb"), ("interpreter", "yes"), ("name", "write")]:
            self.handoff.answer_step(talk, case, step, given)
        self.handoff.answer_text(talk, NAME)
        self.handoff.notice_shown(talk, text=f"{LATIN} {CONTACT} {NAME}", language="uk", version="1")
        self.handoff.answer_step(talk, case, "confirm", "yes")
        assert self.handoff.claim(case, self.account) is not None
        self.handoff.note(case, self.account, LATIN)
        return case

    def delete(self, talk: str) -> bool:
        return delete_conversation(self.engine, self.dialogue, talk, durations=DURATIONS, clock=self.clock)

    def sweep(self) -> int:
        return sweep(self.engine, self.dialogue, clock=self.clock)

    def bytes(self) -> bytes:
        return b"".join(file.read_bytes() for file in sorted(self.folder.iterdir()))

    def events(self, talk: str) -> int:
        count = self.tracker.execute("SELECT count(*) FROM events WHERE sender_id = ?", (talk,)).fetchone()[0]
        return int(count)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_no_byte_of_what_was_said_is_left_in_any_file(place: Place):
    talk = place.talk()
    place.hand_over(talk)
    said = [SAID.encode(), LATIN.encode(), CONTACT.encode(), NAME.encode(), TIMES.encode()]
    assert all(word in place.bytes() for word in said)
    assert place.delete(talk)
    place.clock.forward(seconds=QUIET.total_seconds())
    assert place.sweep() == 0
    assert {file.name for file in place.folder.iterdir()} >= {"record.db", "dialogue.db"}
    left = place.bytes()
    assert [word for word in said if word in left] == []
    assert talk.encode() not in left


def test_only_this_conversation_goes(place: Place):
    talk, other = place.talk(), place.talk()
    place.delete(talk)
    assert place.talks.find(talk) is None
    assert place.events(talk) == 0
    assert place.events(other) == 20
    assert len(place.talks.after(other)) == 40
    assert not place.delete(talk)
    assert not place.delete("unknown")


def test_nothing_more_is_stored_once_deletion_has_begun(place: Place):
    talk = place.talk()
    place.delete(talk)
    with pytest.raises(ConversationGone):
        place.talks.record_message(talk, client_id="late", body={"kind": "answer", "text": LATIN})
    with pytest.raises(ConversationGone):
        place.handoff.offer(talk, reason="human")


def test_what_rasa_writes_late_is_swept_away(place: Place):
    talk = place.talk()
    place.delete(talk)
    place.tracked(talk)
    assert place.sweep() == 1
    assert place.events(talk) == 0
    place.clock.forward(seconds=QUIET.total_seconds() + 1)
    place.tracked(talk)
    assert place.sweep() == 1  # something was there: look again
    assert place.sweep() == 0
    with reading(place.engine) as connection:
        assert connection.execute(sa.select(conversations)).all() == []


def test_a_tracker_store_that_is_locked_does_not_hold_the_parent_up(place: Place, monkeypatch: pytest.MonkeyPatch):
    talk = place.talk()
    place.dialogue = sa.create_engine(place.dialogue.url, future=True, connect_args={"timeout": 0.1})
    blocker = sqlite3.connect(place.folder / "dialogue.db", isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    assert place.delete(talk)
    assert place.talks.find(talk) is None
    assert place.talks.after(talk) == ()
    place.clock.forward(hours=1)
    assert place.sweep() == 1
    blocker.execute("ROLLBACK")
    assert place.sweep() == 1
    assert place.sweep() == 0
    assert place.events(talk) == 0


def test_a_tracker_store_that_was_never_made_is_not_made(tmp_path: Path):
    dialogue = open_dialogue(f"sqlite:///{tmp_path}/none.db")
    assert purge_dialogue(dialogue, "x") == 0
    assert list(tmp_path.iterdir()) == []


def test_the_coordinator_of_a_live_case_learns_only_that_it_is_gone(place: Place):
    talk = place.talk()
    case = place.hand_over(talk)
    place.delete(talk)
    seen = place.handoff.view(case, place.account)
    assert (seen.case.state, seen.case.conversation, seen.case.topic) == ("withdrawn", None, None)
    assert (seen.own, seen.receipt, seen.messages, seen.notes) == (False, None, (), ())
    with reading(place.engine) as connection:
        (news,) = connection.execute(sa.select(outbox_table)).all()
    assert news.event == "deleted"
    assert news.payload == {"case": case, "event": "deleted", "topic": None, "language": None, "urgency": None}
    actions = [line.action for line in audit.entries(place.engine)]
    assert actions[-2:] == ["consent.withdrawn", "conversation.deleted"]
    assert talk not in str(audit.entries(place.engine))


def test_two_who_delete_at_once_both_end_well(place: Place):
    talk = place.talk()
    results: list[bool] = []
    threads = [threading.Thread(target=lambda: results.append(place.delete(talk))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]


def run(place: Place) -> Any:
    return run_retention(place.engine, place.dialogue, durations=DURATIONS, clock=place.clock)


def test_the_job_uses_the_durations_that_parents_are_shown(tmp_path: Path):
    named = read_settings(
        {"BROBYGGER_VAR": str(tmp_path), "BROBYGGER_CONVERSATION_DAYS": "5", "BROBYGGER_CASE_DAYS": "7"}
    )
    shown = durations(named)
    assert (shown.conversation_days, shown.case_days) == (5, 7)
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert (shown.conversation_end(now) - now).days == 5
    assert (shown.case_end(now) - now).days == 7


def test_a_conversation_without_a_case_goes_after_its_days_and_not_before(place: Place):
    talk = place.talk()
    place.clock.forward(days=20, hours=23)
    assert run(place).conversations == 0
    assert len(place.talks.after(talk)) == 40
    place.clock.forward(hours=1)
    assert due_conversations(place.engine, clock=place.clock) == (talk,)
    assert run(place).conversations == 1
    assert place.events(talk) == 0
    place.clock.forward(hours=1)
    assert run(place).remaining == 0
    assert LATIN.encode() not in place.bytes()


def test_an_open_case_keeps_its_conversation_and_a_closed_one_for_its_days(place: Place):
    talk = place.talk()
    case = place.hand_over(talk)
    place.clock.forward(days=100)
    assert run(place).conversations == 0
    place.handoff.close(case, place.account, "answered")
    place.clock.forward(days=89)
    assert run(place).conversations == 0
    place.clock.forward(days=1)
    assert run(place).conversations == 1
    place.clock.forward(days=91)
    assert run(place).cases == 1
    with reading(place.engine) as connection:
        for table in metadata.sorted_tables:
            rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            assert rows == 0 or table.name in ("accounts", "audit_log", "audit_head"), table.name


def test_a_withdrawn_case_does_not_keep_a_conversation_longer(place: Place):
    talk = place.talk()
    place.hand_over(talk)
    place.handoff.withdraw(talk, place.handoff.receipts(talk)[0].id)
    place.clock.forward(days=21)
    assert run(place).conversations == 1


def test_dialogues_that_came_another_way_are_removed_too(place: Place):
    place.tracked("shell")
    talk = place.talk()
    place.clock.forward(days=10)
    run(place)
    assert place.events("shell") == 1
    place.talks.record_message(talk, client_id="x", body={"kind": "answer", "text": "hei"})
    place.clock.forward(days=12)
    run(place)
    assert place.events("shell") == 0
    assert place.events(talk) == 20


def test_the_job_leaves_no_case_without_an_end(place: Place):
    talk = place.talk()
    place.hand_over(talk)
    place.delete(talk)
    with reading(place.engine) as connection:
        row = connection.execute(sa.select(cases)).one()
    assert row.expires_at == place.clock() + timedelta(days=90)
