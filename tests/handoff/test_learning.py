"""Learning from use keeps a pointer, never a copy, until a person has read and labelled a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import yaml

from bot.handoff.accounts import Accounts
from bot.handoff.conversations import Conversations
from bot.handoff.learning import Learning
from bot.handoff.tables import audit_log, learned_sentences, unclear_messages
from bot.privacy.deletion import mark_deleted, purge_record
from bot.privacy.durations import Durations
from tools.learned import write

DURATIONS = Durations(21, 90)


@pytest.fixture
def said(engine: sa.engine.Engine) -> Any:
    """A conversation with one message; gives its id."""
    store = Conversations(engine, DURATIONS)

    def make(text: str, language: str = "uk", client_id: str = "m1", *, private: bool = False) -> str:
        conversation, _ = store.create(language=language)
        body = {"kind": "notice", "text": text, "language": language, "direction": "ltr"}
        store.record_message(conversation.id, client_id=client_id, body=body, private=private)
        return conversation.id

    return make


@pytest.fixture
def learning(engine: sa.engine.Engine) -> Learning:
    return Learning(engine)


def rows(engine: sa.engine.Engine, table: sa.Table) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(sa.select(table)))


def test_a_message_is_pointed_at_once_and_listed_by_language_and_nearest_topic(said: Any, learning: Learning) -> None:
    first, second = said("де той папірець"), said("kur e ew kaxez", "kmr")
    for _ in range(2):
        learning.mark(first, client_id="m1", language="uk", guess="barnehage.apply")
    learning.mark(second, client_id="m1", language="kmr", guess=None)
    assert [(entry.language, entry.guess, entry.text) for entry in learning.waiting()] == [
        ("kmr", None, "kur e ew kaxez"),
        ("uk", "barnehage.apply", "де той папірець"),
    ]
    assert learning.counts() == {("kmr", "not_understood"): 1, ("uk", "not_understood"): 1}
    assert [entry.language for entry in learning.waiting("uk")] == ["uk"]


def test_a_private_message_is_never_listed(said: Any, learning: Learning) -> None:
    learning.mark(said("telefon 9", private=True), client_id="m1", language="uk", guess=None)
    assert learning.waiting() == ()


def test_what_is_not_read_goes_with_its_conversation(engine: sa.engine.Engine, said: Any, learning: Learning) -> None:
    conversation = said("щось незрозуміле")
    learning.mark(conversation, client_id="m1", language="uk", guess=None)
    mark_deleted(engine, conversation, "parent", durations=DURATIONS)
    assert learning.waiting() == ()
    purge_record(engine, conversation)
    assert rows(engine, unclear_messages) == []


def test_a_kept_sentence_has_no_tie_to_the_conversation(
    engine: sa.engine.Engine, said: Any, learning: Learning
) -> None:
    conversation = said("Олена питає про садок")
    learning.mark(conversation, client_id="m1", language="uk", guess=None)
    (entry,) = learning.waiting()
    assert learning.keep(entry.message, text="питання про садок", label="ask/barnehage.what-is", account="a1")
    assert learning.waiting() == ()
    (kept,) = rows(engine, learned_sentences)
    assert conversation not in str(tuple(kept))
    assert entry.message not in str(tuple(kept))
    assert not learning.keep(entry.message, text="again", label="human", account="a1")
    assert "садок" not in str(rows(engine, audit_log))


def test_a_dropped_message_is_off_the_list_and_nothing_is_kept(
    engine: sa.engine.Engine, said: Any, learning: Learning
) -> None:
    learning.mark(said("хтось"), client_id="m1", language="uk", guess=None)
    (entry,) = learning.waiting()
    assert learning.drop(entry.message, "a1")
    assert not learning.drop(entry.message, "a1")
    assert learning.waiting() == ()
    assert rows(engine, learned_sentences) == []


def test_the_command_writes_training_sentences_and_forgets_them_afterwards(
    engine: sa.engine.Engine, said: Any, learning: Learning, tmp_path: Path
) -> None:
    class Stored:
        database_url = str(engine.url)

    for number, text in enumerate(("де записатися", "де записатися", "хто поможе")):
        learning.mark(said(text, client_id=f"m{number}"), client_id=f"m{number}", language="uk", guess=None)
    for entry in learning.waiting():
        learning.keep(entry.message, text=entry.text, label="ask/barnehage.apply", account="a1")
    assert write(tmp_path, Stored()) == {"uk": 3}  # type: ignore[arg-type]  # only the address is read
    path = tmp_path / "bot" / "data" / "nlu" / "uk" / "from-use.yml"
    (block,) = yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
    assert block["intent"] == "ask/barnehage.apply"
    assert block["examples"].splitlines() == ["- де записатися", "- хто поможе"]
    assert learning.learned() == ()
    assert write(tmp_path, Stored()) == {}  # type: ignore[arg-type]


@pytest.fixture
def asked(engine: sa.engine.Engine) -> Any:
    """A conversation whose only message was answered so; gives the conversation and the answer."""
    store = Conversations(engine, DURATIONS)

    def make(kind: str, *, client_id: str = "m1", choice: str | None = None, **more: Any) -> tuple[str, str, int]:
        conversation, _ = store.create(language="uk")
        said = {"kind": "notice", "text": "скільки це", "language": "uk", "direction": "ltr"}
        body = said | ({"choice": choice} if choice else {})
        store.record_message(conversation.id, client_id=client_id, body=body)
        answer = {"kind": kind, "text": "…", "language": "uk", "direction": "ltr"} | more
        (stored,) = store.record_replies(conversation.id, [answer], reply_to=client_id)
        return conversation.id, stored.id, stored.seq

    return make


def payloads(*names: str) -> list[dict[str, str]]:
    return [{"title": "…", "payload": name} for name in names]


def test_words_whose_choices_were_all_refused_are_listed_as_such(asked: Any, learning: Learning) -> None:
    conversation, _, seq = asked("clarify", choices=payloads("topic:sfo.cost", "topic:barnehage.cost", "no"))
    for _ in range(2):
        learning.mark_refused(conversation, seq + 1)
    assert [(entry.kind, entry.guess, entry.text) for entry in learning.waiting()] == [
        ("none_of_these", "sfo.cost", "скільки це")
    ]


def test_a_no_to_anything_but_choices_of_topics_is_not_learned_from(asked: Any, learning: Learning) -> None:
    for choices in (payloads("yes", "no"), payloads("area:sfo"), payloads("topic:sfo.cost")):
        conversation, _, seq = asked("clarify", choices=choices)
        learning.mark_refused(conversation, seq + 1)
    conversation, _, seq = asked("handoff_offer", choices=payloads("topic:sfo.cost", "no"))
    learning.mark_refused(conversation, seq + 1)
    assert learning.waiting() == ()


def test_words_whose_answer_was_not_useful_are_listed_until_she_changes_her_mind(
    asked: Any, learning: Learning
) -> None:
    conversation, answer, _ = asked("answer", topic="sfo.cost")
    learning.mark_vote(conversation, answer, useful=False)
    assert [(entry.kind, entry.guess) for entry in learning.waiting(kind="not_useful")] == [("not_useful", "sfo.cost")]
    assert learning.waiting(kind="not_understood") == ()
    learning.mark_vote(conversation, answer, useful=True)
    assert learning.waiting() == ()


def test_a_pressed_button_is_never_learned_from(asked: Any, learning: Learning) -> None:
    conversation, answer, _ = asked("answer", topic="sfo.cost", choice="topic:sfo.cost")
    learning.mark_vote(conversation, answer, useful=False)
    assert learning.waiting() == ()


def test_what_is_listed_comes_in_pages(said: Any, learning: Learning) -> None:
    for number in range(5):
        learning.mark(said(f"слово {number}"), client_id="m1", language="uk", guess=None)
    pages = [learning.waiting(skip=skip, limit=2) for skip in (0, 2, 4)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({entry.message for page in pages for entry in page}) == 5


def test_a_limited_lead_finds_messages_of_her_municipalities_and_of_none(
    engine: sa.engine.Engine, learning: Learning
) -> None:
    store, made = Conversations(engine, DURATIONS), {}
    for place in ("fjordvik", "heimvik", None):
        talk = store.create(language="uk", municipality=place)[0].id
        body = {"kind": "notice", "text": f"де {place}", "language": "uk", "direction": "ltr"}
        made[place] = store.record_message(talk, client_id="m1", body=body).message.id
        learning.mark(talk, client_id="m1", language="uk", guess=None)
    people = Accounts(engine)
    nils = people.create("nils", "lead", municipalities=("fjordvik",))[0].id
    ida = people.create("ida", "lead")[0].id
    assert {entry.message for entry in learning.waiting(reader=nils)} == {made["fjordvik"], made[None]}
    assert learning.counts(nils) == {("uk", "not_understood"): 2}
    assert learning.counts(ida) == learning.counts() == {("uk", "not_understood"): 3}
    far = made["heimvik"]
    assert not learning.drop(far, nils)
    assert not learning.keep(far, text="де", label="human", account=nils)
    assert learning.learned() == ()
    assert learning.keep(far, text="де", label="human", account=ida)
    assert learning.drop(made[None], nils)
