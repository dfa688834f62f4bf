from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from bot.handoff.conversations import Conversations, UnknownMessage
from bot.handoff.engine import writing
from bot.handoff.records import ConversationGone
from bot.handoff.tables import conversations


def said(text: str) -> dict[str, Any]:
    return {"kind": "answer", "text": text, "topic": "sfo.free-hours"}


def test_a_conversation_is_found_by_its_token_only(talks: Conversations):
    made, token = talks.create(language="uk", child_age=3, situation="settled")
    assert talks.find(made.id) == made
    assert talks.authenticate(made.id, token) == made
    assert talks.by_token(token) == made
    assert talks.authenticate(made.id, token + "x") is None
    assert talks.authenticate("unknown", token) is None
    assert talks.by_token("") is None


def test_a_token_is_not_stored(engine: Engine, talks: Conversations):
    token = talks.create(language="uk")[1]
    with writing(engine) as connection:
        row = connection.execute(conversations.select()).one()
    assert token not in str(tuple(row))


def test_a_message_is_stored_once_per_client_id(talks: Conversations, talk: str):
    first = talks.record_message(talk, client_id="1", body=said("привіт"))
    again = talks.record_message(talk, client_id="1", body=said("something else"))
    assert (first.repeated, again.repeated) == (False, True)
    assert again.message == first.message
    other = talks.create(language="nb")[0].id
    assert not talks.record_message(other, client_id="1", body=said("hei")).repeated


def test_the_same_message_sent_by_many_at_once_is_stored_once(talks: Conversations, talk: str):
    stored = []
    threads = [
        threading.Thread(target=lambda: stored.append(talks.record_message(talk, client_id="1", body=said("hei"))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored) == 8
    assert [recorded.repeated for recorded in stored].count(False) == 1
    assert len(talks.after(talk)) == 1


def test_an_answer_is_stored_once_and_given_again(talks: Conversations, talk: str):
    talks.record_message(talk, client_id="1", body=said("?"))
    assert talks.replies_to(talk, "1") == ()
    first = talks.record_replies(talk, [said("one"), said("two")], reply_to="1")
    assert talks.record_replies(talk, [said("three")], reply_to="1") == first
    assert talks.replies_to(talk, "1") == first
    assert [message.body["text"] for message in first] == ["one", "two"]


def test_the_cursor_gives_what_is_new_in_order(talks: Conversations, talk: str):
    for number in range(5):
        talks.record_message(talk, client_id=str(number), body=said(str(number)))
    everything = talks.after(talk)
    assert [message.body["text"] for message in everything] == ["0", "1", "2", "3", "4"]
    assert talks.after(talk, everything[2].seq) == everything[3:]
    assert talks.after(talk, everything[0].seq, limit=2) == everything[1:3]


def test_a_message_shows_its_public_form(talks: Conversations, talk: str):
    stored = talks.record_message(talk, client_id="1", body=said("привіт")).message
    assert stored.public() == {"id": stored.id, "at": "2026-11-22T09:00:00.000Z", "from": "parent", **said("привіт")}
    assert talks.message(talk, stored.id) == stored
    assert talks.message("other", stored.id) is None


def test_changes_keep_the_rest_and_remember_every_language(talks: Conversations, talk: str):
    before = talks.find(talk)
    changed = talks.update(talk, language="nb", child_age=2, misses=1)
    assert before is not None
    assert (changed.language, changed.languages) == ("nb", ("uk", "nb"))
    assert (changed.child_age, changed.misses, changed.municipality) == (2, 1, "fjordvik")
    assert talks.update(talk, language="uk").languages == ("uk", "nb")
    assert talks.update(talk) == talks.find(talk)
    assert talks.update(talk, child_age=None).child_age is None


def test_using_a_conversation_keeps_it(talks: Conversations, talk: str, clock: Any):
    before = talks.find(talk)
    clock.forward(days=5)
    talks.record_message(talk, client_id="1", body=said("hei"))
    after = talks.find(talk)
    assert before is not None
    assert after is not None
    assert (after.expires_at - before.expires_at).days == 5
    assert (after.expires_at - clock()).days == 21


def test_feedback_keeps_the_last_word_and_only_on_answers(talks: Conversations, talk: str):
    mine = talks.record_message(talk, client_id="1", body=said("?")).message
    (reply,) = talks.record_replies(talk, [said("!")], reply_to="1")
    talks.feedback(talk, message=reply.id, useful=True)
    talks.feedback(talk, message=reply.id, useful=False, reason="old")
    for wrong in (mine.id, "unknown"):
        with pytest.raises(UnknownMessage):
            talks.feedback(talk, message=wrong, useful=True)


def test_nothing_is_stored_in_a_conversation_that_does_not_exist(talks: Conversations):
    with pytest.raises(ConversationGone):
        talks.record_message("none", client_id="1", body=said("hei"))
    with pytest.raises(ConversationGone):
        talks.record_replies("none", [said("hei")])
    with pytest.raises(ConversationGone):
        talks.update("none", language="nb")


def test_words_of_every_script_come_back_as_they_were(talks: Conversations, talk: str):
    text = "سلام ሰላም привіт æøå 🙂 'quote\" \\ %s"
    talks.record_message(talk, client_id="1", body=said(text))
    assert talks.after(talk)[0].body["text"] == text
