from __future__ import annotations

import itertools

import pytest

from bot.handoff.consent import (
    OPEN_STEPS,
    Answer,
    Draft,
    Effect,
    Prompt,
    Step,
    Written,
    data_categories,
    data_key,
    email_address,
    phone_number,
    prompt,
    step,
    takes_text,
)
from bot.languages import languages
from bot.texts import texts

ANSWERS = {
    Step.SHARE: {"contact_only", "summary", "conversation", "special", "no"},
    Step.SPECIAL: {"minor", "guardian", "disagree", "hidden_address", "back", "no"},
    Step.SUMMARY: {"ok", "edit", "no"},
    Step.REACH: {"chat", "phone", "email", "others_read", "no"},
    Step.CONTACT: {"no"},
    Step.CALLS: {"yes", "text_first", "times", "no", "stop"},
    Step.REVEAL: {"yes", "no", "stop"},
    Step.LANGUAGE: {"keep", "nb", "en", "no"},
    Step.INTERPRETER: {"yes", "no", "stop"},
    Step.NAME: {"skip", "write", "code", "no"},
    Step.CONFIRM: {"yes", "no"},
}
WORDS = sorted(set().union(*ANSWERS.values()) | {"", "perhaps", "YES", "confirm"})
NEXT = {
    (Step.SHARE, "contact_only"): Step.REACH,
    (Step.SHARE, "summary"): Step.SUMMARY,
    (Step.SHARE, "conversation"): Step.REACH,
    (Step.SHARE, "special"): Step.SPECIAL,
    (Step.SPECIAL, "minor"): Step.REACH,
    (Step.SPECIAL, "guardian"): Step.REACH,
    (Step.SPECIAL, "disagree"): Step.REACH,
    (Step.SPECIAL, "hidden_address"): Step.REACH,
    (Step.SPECIAL, "back"): Step.SHARE,
    (Step.SUMMARY, "ok"): Step.REACH,
    (Step.SUMMARY, "edit"): Step.SUMMARY,
    (Step.REACH, "chat"): Step.LANGUAGE,
    (Step.REACH, "phone"): Step.CONTACT,
    (Step.REACH, "email"): Step.CONTACT,
    (Step.REACH, "others_read"): Step.LANGUAGE,
    (Step.CALLS, "yes"): Step.REVEAL,
    (Step.CALLS, "text_first"): Step.REVEAL,
    (Step.CALLS, "times"): Step.CALLS,
    (Step.CALLS, "no"): Step.REACH,
    (Step.REVEAL, "yes"): Step.LANGUAGE,
    (Step.REVEAL, "no"): Step.LANGUAGE,
    (Step.LANGUAGE, "keep"): Step.INTERPRETER,
    (Step.LANGUAGE, "nb"): Step.INTERPRETER,
    (Step.LANGUAGE, "en"): Step.INTERPRETER,
    (Step.INTERPRETER, "yes"): Step.NAME,
    (Step.INTERPRETER, "no"): Step.NAME,
    (Step.NAME, "skip"): Step.CONFIRM,
    (Step.NAME, "write"): Step.NAME,
    (Step.NAME, "code"): Step.NAME,
    (Step.CONFIRM, "yes"): Step.GIVEN,
}
TEXTS = ("", "  ", "hei", "912 34 567", "a@b.no", "x" * 601, "/restart", "1234", "\u0000\u0007")
DRAFTS = [
    Draft(step=s, writing=w, share=share, reach=reach, summary="short", special=special, coded=coded)
    for s in Step
    for w in (False, True)
    for share in (None, "contact_only", "summary", "conversation")
    for reach in (None, "chat", "phone", "email")
    for special in (None, "minor", "hidden_address")
    for coded in (False, True)
]
ANSWERED_BY_NO = (Step.CALLS, Step.REVEAL, Step.INTERPRETER)


def test_every_choice_in_every_state_moves_on_declines_or_changes_nothing():
    for draft, named, word in itertools.product(DRAFTS, [*Step, "", "x"], WORDS):
        moved = step(draft, Answer(str(named), word))
        if draft.step not in OPEN_STEPS or named != draft.step:
            assert (moved.draft, moved.effect) == (draft, Effect.STALE)
        elif word == "stop" or (word == "no" and draft.step not in ANSWERED_BY_NO):
            assert moved.draft == Draft(step=Step.DECLINED)
            assert moved.effect is Effect.DECLINED
        elif draft.special == "hidden_address" and (draft.step, word) == (Step.NAME, "write"):
            assert (moved.draft, moved.effect) == (draft, Effect.STALE)  # a name may lead to her
        elif (draft.step, word) in NEXT:
            assert moved.draft.step is NEXT[draft.step, word]
            assert moved.effect is (Effect.GIVEN if draft.step is Step.CONFIRM else Effect.NEXT)
        else:
            assert (moved.draft, moved.effect) == (draft, Effect.STALE)


def test_every_text_in_every_state_is_taken_refused_or_left_alone():
    for draft, text in itertools.product(DRAFTS, TEXTS):
        moved = step(draft, Written(text))
        if not takes_text(draft):
            assert (moved.draft, moved.effect) == (draft, Effect.NOT_TAKEN)
        else:
            assert moved.effect in (Effect.NEXT, Effect.INVALID)
            if moved.effect is Effect.INVALID:
                assert moved.draft == draft
        assert moved.effect is not Effect.GIVEN


def test_every_open_state_has_a_question_with_a_way_out_and_only_answers_it_accepts():
    for draft in DRAFTS:
        shown = prompt("K-7F3A", draft)
        if draft.step not in OPEN_STEPS:
            assert shown is None
            continue
        assert isinstance(shown, Prompt)
        assert {option.answer for option in shown.options} <= ANSWERS[draft.step]
        assert (shown.hint is not None) is shown.takes_text is takes_text(draft)
        ends = [step(draft, Answer(draft.step, option.answer)).effect for option in shown.options]
        assert ends.count(Effect.DECLINED) == 1
        assert Effect.STALE not in ends
        assert shown.payload(shown.options[0]).startswith(f"consent:K-7F3A:{draft.step.value}:")


def walk(*events: Answer | Written) -> Draft:
    draft = Draft(summary="proposed")
    for event in events:
        moved = step(draft, event)
        assert moved.effect in (Effect.NEXT, Effect.GIVEN), event
        draft = moved.draft
    return draft


def test_the_longest_way_keeps_every_choice():
    end = walk(
        Answer("share", "summary"),
        Answer("summary", "edit"),
        Written(" Vi har fått et brev.\nHva betyr det? "),
        Answer("summary", "ok"),
        Answer("reach", "phone"),
        Written("912 34 567"),
        Answer("calls", "times"),
        Written("Etter 18"),
        Answer("reveal", "no"),
        Answer("language", "keep"),
        Answer("interpreter", "no"),
        Answer("name", "write"),
        Written("Олена"),
        Answer("confirm", "yes"),
    )
    assert end.summary == "Vi har fått et brev.\nHva betyr det?"
    assert (end.contact, end.name, end.interpreter) == ("+47 91 23 45 67", "Олена", False)
    assert data_categories(end) == (
        "request",
        "summary",
        "phone",
        "safe_contact",
        "language",
        "name",
        "messages",
    )
    assert (end.calls, end.times, end.reveal) == ("times", "Etter 18", False)


def test_no_to_being_called_forgets_the_number_and_asks_for_another_way():
    draft = walk(
        Answer("share", "contact_only"), Answer("reach", "phone"), Written("912 34 567"), Answer("calls", "no")
    )
    assert (draft.step, draft.reach, draft.contact) == (Step.REACH, None, None)


@pytest.mark.parametrize("special", ["minor", "guardian", "disagree", "hidden_address"])
def test_what_no_robot_can_settle_passes_on_contact_only_and_is_told_calmly(special: str):
    draft = walk(Answer("share", "special"), Answer("special", special))
    assert (draft.share, draft.summary, draft.special) == ("contact_only", "", special)
    shown = prompt("K-1", draft)
    assert shown is not None
    assert shown.lead == f"consent.safe.special.told.{special}"
    assert step(draft, Answer("share", "conversation")).effect is Effect.STALE


def test_a_hidden_address_is_passed_on_without_place_and_without_name():
    end = walk(
        Answer("share", "special"),
        Answer("special", "hidden_address"),
        Answer("reach", "chat"),
        Answer("language", "keep"),
        Answer("interpreter", "no"),
        Answer("name", "code"),
        Written("Blåbær"),
        Answer("confirm", "yes"),
    )
    assert data_categories(end) == ("request_no_place", "special", "language", "code_word", "messages")


def test_who_shares_her_phone_is_answered_in_the_chat_only():
    draft = walk(Answer("share", "contact_only"), Answer("reach", "others_read"))
    shown = prompt("K-1", draft)
    assert shown is not None
    assert (draft.reach, draft.chat_only, shown.lead) == ("chat", True, "consent.safe.told_chat_only")
    assert "chat_only" in data_categories(draft)


def test_every_category_of_data_has_words_in_every_language():
    for language in languages().offered():
        for category in ("request_no_place", "special", "chat_only", "safe_contact", "code_word", "request", "name"):
            assert texts().has(data_key(category), language.code), (category, language.code)


def test_the_shortest_way_passes_on_contact_only():
    end = walk(
        Answer("share", "contact_only"),
        Answer("reach", "chat"),
        Answer("language", "nb"),
        Answer("interpreter", "yes"),
        Answer("name", "skip"),
        Answer("confirm", "yes"),
    )
    assert data_categories(end) == ("request", "language", "messages")


def test_an_edited_summary_is_shown_again_before_it_counts():
    draft = walk(Answer("share", "summary"), Answer("summary", "edit"), Written("new words"))
    assert draft.step is Step.SUMMARY
    assert not draft.writing


@pytest.mark.parametrize("text", ["912 34 567", "+47 912 34 567", "٩١٢ ٣٤ ٥٦٧", "0047 91234567"])
def test_a_telephone_number_is_read_in_any_digits(text: str):
    assert phone_number(text) == "+47 91 23 45 67"


@pytest.mark.parametrize("text", ["", "hei", "12", "ring meg", "9" * 400])
def test_what_is_no_telephone_number_is_refused(text: str):
    assert phone_number(text) is None


@pytest.mark.parametrize("text", ["olena@example.no", " o.s+x@post.example.com "])
def test_an_address_is_kept_as_written(text: str):
    assert email_address(text) == text.strip()


NO_ADDRESS = ["", "olena", "a@b", "a b@c.no", "@c.no", "a@@c.no", "a@c..no", "<a@c.no>", f"a@{'c' * 300}.no"]


@pytest.mark.parametrize("text", NO_ADDRESS)
def test_what_is_no_address_is_refused(text: str):
    assert email_address(text) is None
