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
    email_address,
    phone_number,
    prompt,
    step,
    takes_text,
)

ANSWERS = {
    Step.SHARE: {"contact_only", "summary", "conversation", "no"},
    Step.SUMMARY: {"ok", "edit", "no"},
    Step.REACH: {"chat", "phone", "email", "no"},
    Step.CONTACT: {"no"},
    Step.LANGUAGE: {"keep", "nb", "en", "no"},
    Step.INTERPRETER: {"yes", "no", "stop"},
    Step.NAME: {"skip", "write", "no"},
    Step.CONFIRM: {"yes", "no"},
}
WORDS = sorted(set().union(*ANSWERS.values()) | {"", "perhaps", "YES", "confirm"})
NEXT = {
    (Step.SHARE, "contact_only"): Step.REACH,
    (Step.SHARE, "summary"): Step.SUMMARY,
    (Step.SHARE, "conversation"): Step.REACH,
    (Step.SUMMARY, "ok"): Step.REACH,
    (Step.SUMMARY, "edit"): Step.SUMMARY,
    (Step.REACH, "chat"): Step.LANGUAGE,
    (Step.REACH, "phone"): Step.CONTACT,
    (Step.REACH, "email"): Step.CONTACT,
    (Step.LANGUAGE, "keep"): Step.INTERPRETER,
    (Step.LANGUAGE, "nb"): Step.INTERPRETER,
    (Step.LANGUAGE, "en"): Step.INTERPRETER,
    (Step.INTERPRETER, "yes"): Step.NAME,
    (Step.INTERPRETER, "no"): Step.NAME,
    (Step.NAME, "skip"): Step.CONFIRM,
    (Step.NAME, "write"): Step.NAME,
    (Step.CONFIRM, "yes"): Step.GIVEN,
}
TEXTS = ("", "  ", "hei", "912 34 567", "a@b.no", "x" * 601, "/restart", "1234", "\u0000\u0007")
DRAFTS = [
    Draft(step=s, writing=w, share=share, reach=reach, summary="short")
    for s in Step
    for w in (False, True)
    for share in (None, "contact_only", "summary", "conversation")
    for reach in (None, "chat", "phone", "email")
]


def test_every_choice_in_every_state_moves_on_declines_or_changes_nothing():
    for draft, named, word in itertools.product(DRAFTS, [*Step, "", "x"], WORDS):
        moved = step(draft, Answer(str(named), word))
        if draft.step not in OPEN_STEPS or named != draft.step:
            assert (moved.draft, moved.effect) == (draft, Effect.STALE)
        elif word == "stop" or (word == "no" and draft.step is not Step.INTERPRETER):
            assert moved.draft == Draft(step=Step.DECLINED)
            assert moved.effect is Effect.DECLINED
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
        Answer("language", "keep"),
        Answer("interpreter", "no"),
        Answer("name", "write"),
        Written("Олена"),
        Answer("confirm", "yes"),
    )
    assert end.summary == "Vi har fått et brev.\nHva betyr det?"
    assert (end.contact, end.name, end.interpreter) == ("+47 91 23 45 67", "Олена", False)
    assert data_categories(end) == ("request", "summary", "phone", "language", "name", "messages")


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
