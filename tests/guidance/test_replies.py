from __future__ import annotations

from dataclasses import replace

import pytest

from bot.guidance.beside import topics_beside
from bot.guidance.guide import Guide
from bot.guidance.model import KINDS, Understanding
from bot.guidance.replies import Replies
from bot.languages import languages, other_languages
from bot.texts import text

COST = (("barnehage.cost", 0.9), ("barnehage.apply", 0.05))


@pytest.fixture
def replies(guide: Guide) -> Replies:
    return Replies(guide)


def payloads(message) -> list[str]:
    return [choice.payload for choice in message.choices]


@pytest.mark.parametrize(
    ("understood", "kind"),
    [
        (Understanding("ask", topics=COST, band="sure"), "answer"),
        (Understanding("ask", topics=COST, band="unsure"), "clarify"),
        (Understanding("ask", topics=COST, band="none"), "not_understood"),
        (Understanding("ask", topics=(("barnehage.later", 0.9),), band="sure"), "clarify"),
        (Understanding("ask", topics=(("staff.grants", 0.9),), band="sure"), "clarify"),
        (Understanding("unclear", topics=COST, band="unsure"), "clarify"),
        (Understanding("unclear"), "not_understood"),
        (Understanding("danger", "medical", topics=COST, band="sure"), "crisis"),
        (Understanding("danger", "unheard-of"), "crisis"),
        (Understanding("danger"), "crisis"),
        (Understanding("own_case", topics=COST, band="sure"), "handoff_offer"),
        (Understanding("consent"), "handoff_offer"),
        (Understanding("human"), "handoff_offer"),
        (Understanding("smalltalk", "bot"), "smalltalk"),
        (Understanding("smalltalk", "new"), "smalltalk"),
        (Understanding("out_of_scope"), "out_of_scope"),
        (Understanding("affirm"), "clarify"),
        (Understanding("deny"), "clarify"),
    ],
    ids=lambda value: f"{value.kind}-{value.detail}-{value.band}" if isinstance(value, Understanding) else value,
)
def test_what_was_understood_decides_the_kind_of_reply(replies: Replies, reader, understood, kind: str) -> None:
    message = replies.reply(understood, reader())
    assert message.kind == kind
    assert message.kind in KINDS
    assert message.text


def test_danger_comes_with_the_numbers_in_order_and_the_offer_of_a_person(replies: Replies, reader) -> None:
    message = replies.crisis("medical", reader(municipality="fjord"))
    assert [number.number for number in message.numbers] == ["113", "55 00 00 02"]
    assert message.offers_human
    assert payloads(message) == ["yes", "no"]
    assert text("crisis.call", message.language).value in message.text


def test_danger_of_no_known_kind_gets_the_general_words_and_numbers(replies: Replies, reader) -> None:
    message = replies.crisis("unheard-of", reader())
    assert [number.number for number in message.numbers] == ["113", "112"]
    assert text("crisis.general", message.language).value in message.text


def test_a_crisis_text_holds_no_digit_in_any_language(replies: Replies, reader) -> None:
    for code in languages():
        for detail in ("medical", "violence", "child", "self_harm", "abroad", "general"):
            words = text(f"crisis.{detail}", code).value + text("crisis.call", code).value
            assert not any(character.isdigit() for character in words), (code, detail)


def test_an_own_case_with_a_clear_topic_begins_with_the_general_rule(replies: Replies, reader) -> None:
    message = replies.reply(Understanding("own_case", topics=COST, band="sure"), reader())
    assert message.text.startswith("Prisen har en øvre grense")
    assert message.topic == "barnehage.cost"
    assert message.sources
    assert payloads(message) == ["yes", "no", "topic:barnehage.cost"]
    assert message.offers_human


def test_an_own_case_without_a_clear_topic_is_the_offer_alone(replies: Replies, reader) -> None:
    near = (("barnehage.cost", 0.19), ("barnehage.apply", 0.15))
    for topics in (near, (("barnehage.cost", 0.05),), ()):
        message = replies.reply(Understanding("own_case", topics=topics, band="unsure"), reader())
        assert message.text == text("handoff.offer.own_case", message.language).value
        assert message.topic is None


def test_a_topic_far_before_the_next_is_clear_enough_to_stand_above_the_offer(replies: Replies, reader) -> None:
    topics = (("barnehage.cost", 0.19), ("barnehage.apply", 0.05))
    message = replies.reply(Understanding("own_case", topics=topics, band="unsure"), reader())
    assert message.topic == "barnehage.cost"
    assert message.text.endswith(text("handoff.offer.own_case", message.language).value)


def test_what_may_have_been_asked_stands_beside_the_offer_of_a_person(replies: Replies, reader) -> None:
    topics = (("barnehage.cost", 0.19), ("barnehage.apply", 0.15), ("barnehage.what-is", 0.15))
    for kind in ("own_case", "consent", "human"):
        message = replies.reply(Understanding(kind, topics=topics, band="unsure"), reader())
        assert payloads(message) == ["yes", "no", "topic:barnehage.cost", "topic:barnehage.apply"]
    unlikely = Understanding("own_case", topics=(("barnehage.cost", 0.05),), band="unsure")
    assert payloads(replies.reply(unlikely, reader())) == ["yes", "no"]


def test_a_topic_stands_beside_danger_only_where_a_question_may_be_meant(replies: Replies, reader) -> None:
    danger = Understanding("danger", "medical", topics=COST, band="sure")
    assert payloads(replies.reply(danger, reader())) == ["yes", "no"]
    message = replies.reply(replace(danger, question=True), reader())
    assert payloads(message) == ["yes", "no", "topic:barnehage.cost", "topic:barnehage.apply"]
    assert [number.number for number in message.numbers][:1] == ["113"]
    assert message.topic is None


def test_what_was_nearly_as_likely_stands_beside_a_sure_answer(replies: Replies, reader) -> None:
    staff = reader(audience="staff")
    first, second = ("barnehage.cost", 0.6), "staff.grants"
    for probability, place in ((0.2, 0), (0.02, 1)):
        understood = Understanding("ask", topics=(first, (second, probability)), band="sure")
        message = replies.reply(understood, staff)
        assert (message.kind, message.topic) == ("answer", "barnehage.cost")
        assert payloads(message).index(f"topic:{second}") == place


def test_no_answer_about_another_area_brings_up_barnevernet() -> None:
    def beside(*topics: str) -> tuple[str, ...]:
        return topics_beside(Understanding("ask", topics=tuple((topic, 0.3) for topic in topics), band="sure"))

    assert beside("barnehage.cost", "barnevern.can-they-take", "sfo.cost") == ("sfo.cost",)
    assert beside("barnevern.report", "barnevern.what-is") == ("barnevern.what-is",)


def test_a_topic_stands_beside_outside_the_field_only_where_it_is_likely(replies: Replies, reader) -> None:
    outside = Understanding("out_of_scope", topics=COST, band="sure", question=True)
    assert payloads(replies.reply(outside, reader()))[:2] == ["topic:barnehage.cost", "topic:barnehage.apply"]
    assert replies.reply(outside, reader()).kind == "out_of_scope"
    for doubtful in (replace(outside, question=False), replace(outside, topics=(("barnehage.cost", 0.2),))):
        assert "topic:barnehage.cost" not in payloads(replies.reply(doubtful, reader()))


def test_staff_who_are_pointed_to_the_coordinator_may_still_look_up_the_rule(replies: Replies, reader) -> None:
    message = replies.reply(Understanding("own_case", topics=COST, band="sure"), reader(audience="staff"))
    assert payloads(message) == ["topic:barnehage.cost"]


@pytest.mark.parametrize("reason", ["own_case", "consent", "human", "fear", "unheard-of"])
def test_staff_are_pointed_to_the_coordinator_and_give_no_consent(replies: Replies, reader, reason: str) -> None:
    message = replies.handoff_offer(reason, reader(audience="staff"), topic="barnehage.cost")
    assert (message.kind, message.offers_human, message.choices) == ("handoff_offer", True, ())


def test_unsure_offers_at_most_three_topics_and_none_of_these(replies: Replies, reader) -> None:
    message = replies.clarify(("barnehage.cost", "barnehage.apply"), reader())
    assert payloads(message) == ["topic:barnehage.cost", "topic:barnehage.apply", "no"]


def test_the_second_time_in_a_row_a_person_is_offered_first(replies: Replies, reader) -> None:
    first, second = (replies.not_understood(reader(), misses=misses) for misses in (0, 1))
    assert (first.offers_human, second.offers_human) == (False, True)
    assert "human" not in payloads(first)
    assert payloads(second)[0] == "human"


def test_a_switch_of_language_answers_in_it_and_says_so(replies: Replies, reader) -> None:
    understood = Understanding("ask", topics=COST, band="sure", language="ar", switched=True)
    message = replies.reply(understood, reader())
    assert (message.language, message.notices[0]) == ("ar", "language_switched")


def test_the_greeting_says_that_it_is_a_robot_and_shows_the_areas(replies: Replies, reader) -> None:
    message = replies.greeting(reader())
    assert text("greeting.welcome", message.language).value in message.text
    assert payloads(message) == ["area:barnehage", "human"]
    assert payloads(replies.greeting(reader(audience="staff"))) == ["area:barnehage", "area:staff", "human"]


def test_an_area_shows_its_topics_and_an_unknown_one_the_areas(replies: Replies, reader) -> None:
    assert payloads(replies.area("barnehage", reader())) == ["topic:barnehage.cost", "topic:barnehage.apply", "human"]
    assert payloads(replies.area("staff", reader())) == ["area:barnehage", "human"]


def test_a_failure_has_the_numbers_whatever_the_municipality_and_language(replies: Replies, reader) -> None:
    for context in (reader(municipality="atlantis"), reader(language="xx"), reader(language="ti")):
        message = replies.failure(context)
        assert (message.kind, payloads(message)) == ("notice", ["again"])
        assert [number.number for number in message.numbers] == ["113", "112"]


def test_a_chosen_topic_without_article_offers_a_person(replies: Replies, reader) -> None:
    assert payloads(replies.not_yet(reader()))[0] == "human"


def test_a_question_without_article_is_never_answered_with_a_neighbour(replies: Replies, reader) -> None:
    topics = (("barnehage.later", 0.8), ("barnehage.cost", 0.1))
    message = replies.reply(Understanding("ask", topics=topics, band="sure"), reader())
    assert message.text == text("answer.not_yet", message.language).value
    assert payloads(message) == ["human", "topic:barnehage.cost", "topic:barnehage.apply"]


def test_after_a_no_the_bot_keeps_helping(replies: Replies, reader) -> None:
    assert payloads(replies.declined(reader())) == ["area:barnehage"]


@pytest.mark.parametrize("language", languages())
def test_every_language_can_say_everything(replies: Replies, reader, language: str) -> None:
    context = reader(language=language)
    messages = [replies.greeting(context), replies.areas(context), replies.out_of_scope(context)]
    messages += [replies.smalltalk(detail, context) for detail in ("greet", "thanks", "bye", "bot")]
    messages += [replies.handoff_offer(reason, context) for reason in ("own_case", "consent", "human", "fear")]
    for message in messages:
        assert "%{" not in message.text
        assert message.direction == languages()[message.language].direction
        assert ("fallback_language" in message.notices) == (message.language != language)


def test_a_language_that_is_not_spoken_here_is_answered_in_it_with_numbers_and_a_person(replies, reader) -> None:
    message = replies.reply(Understanding("ask", topics=COST, band="sure", foreign="am"), reader())
    assert (message.kind, message.language, message.direction) == ("not_understood", "am", "ltr")
    assert message.text == f"{other_languages()['am'].answer}\n\n{other_languages()['en'].answer}"
    assert message.numbers
    assert message.offers_human
    assert "human" in payloads(message)


def test_a_language_without_words_here_is_answered_in_english(replies, reader) -> None:
    message = replies.reply(Understanding("unclear", foreign="tlh"), reader())
    assert (message.language, message.text) == ("en", other_languages()["en"].answer)


@pytest.mark.parametrize("kind", ["danger", "own_case", "consent", "human"])
def test_danger_and_a_wish_for_a_person_are_answered_whatever_the_language(replies, reader, kind: str) -> None:
    assert replies.reply(Understanding(kind, foreign="am"), reader()).kind in ("crisis", "handoff_offer")


def test_every_answer_in_another_language_is_kind_and_without_digits() -> None:
    for other in other_languages().values():
        assert not any(character.isdigit() for character in other.answer)
        assert 60 <= len(other.answer) <= 400


def test_the_greeting_of_a_language_that_is_tried_out_says_so(replies, reader) -> None:
    for entry in languages().offered():
        message = replies.greeting(reader(language=entry.code))
        tried_out = languages()[message.language].stage == "preview"
        assert ("preview" in message.notices) == tried_out


def test_again_repeats_the_last_answer_and_norwegian_shows_it_in_norwegian(replies: Replies, reader) -> None:
    context = reader(language="ar", last_topic="barnehage.cost")
    again = replies.reply(Understanding("refer", "again", language="ar"), context)
    assert (again.kind, again.topic, again.language) == ("answer", "barnehage.cost", "ar")
    norwegian = replies.reply(Understanding("refer", "norwegian", language="ar"), context)
    assert (norwegian.topic, norwegian.language) == ("barnehage.cost", "nb")


def test_simpler_is_the_articles_own_short_words_with_the_whole_answer_near(replies: Replies, reader) -> None:
    context = reader(last_topic="barnehage.cost")
    whole = replies.reply(Understanding("refer", "again"), context)
    short = replies.reply(Understanding("refer", "simpler"), context)
    assert len(short.text) < len(whole.text)
    assert short.sources == whole.sources
    assert payloads(short) == ["topic:barnehage.cost", "human"]


@pytest.mark.parametrize("detail", ["again", "simpler", "norwegian", "second", None])
@pytest.mark.parametrize("topic", [None, "no.such"])
def test_with_nothing_to_refer_to_the_areas_are_shown(replies: Replies, reader, detail, topic) -> None:
    assert replies.reply(Understanding("refer", detail), reader(last_topic=topic)).kind == "clarify"
