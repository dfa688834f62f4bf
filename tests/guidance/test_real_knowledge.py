"""Walks every real answer: each article, language, variant and audience."""

from __future__ import annotations

import re
import time
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest

from bot.guidance.articles import Placeholder
from bot.guidance.guide import Guide
from bot.guidance.model import Context
from bot.guidance.questions import positions
from bot.guidance.replies import Replies
from bot.languages import languages
from bot.texts import text
from tools.checks import digits, text_length
from tools.checks.crisis_numbers import DETAILS
from tools.validate import whole_tree

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 11, 22)
GUIDE = Guide.load(ROOT / "knowledge")
OFFERED = tuple(entry.code for entry in languages().offered())
TREE = whole_tree(ROOT, ON)
WRITTEN_HERE = ("nb", "nn", "en")
"""Languages that must be complete; the others may still grow, and say so to the reader (decision 0009)."""
ANSWERS = [
    *(("parent", topic, code) for topic in GUIDE.topics("parent") for code in OFFERED),
    *(("staff", topic, entry.code) for topic in GUIDE.topics("staff") for entry in languages().staff()),
]


def contexts(audience, topic: str, language: str) -> list[Context]:
    situations, ages = positions(GUIDE.knowledge.articles[topic])
    places = (None, *GUIDE.knowledge.municipalities)
    return [
        Context(language, ON, place, audience, situation, age)
        for place, situation, age in product(places, (None, *situations), (None, *ages))
    ]


def test_there_are_articles_for_both_audiences() -> None:
    for audience in ("parent", "staff"):
        wanted = [topic.id for topic in GUIDE.knowledge.topics.values() if topic.is_for(audience)]
        assert list(GUIDE.topics(audience)) == wanted
    assert len(GUIDE.knowledge.topics) >= 115


@pytest.mark.parametrize(("audience", "topic", "language"), ANSWERS, ids=lambda part: part)
def test_every_answer_is_whole(audience, topic: str, language: str) -> None:
    for context in contexts(audience, topic, language):
        message = GUIDE.answer(topic, context)
        assert message.text.strip()
        assert "{" not in message.text
        assert "%{" not in message.text
        assert message.direction == languages()[message.language].direction
        if language in WRITTEN_HERE:
            assert message.language == language, "the text is missing in this language"
        assert (message.language != language) == ("fallback_language" in message.notices)
        assert message.sources
        said_missing = text("answer.missing_fact", message.language).value in message.text
        assert said_missing == ("fact_missing" in message.notices)
        assert any(choice.payload == "human" for choice in message.choices)
        assert len({choice.payload for choice in message.choices}) == len(message.choices)
        assert all(choice.title for choice in message.choices)


RIGHT_TO_LEFT = [answer for answer in ANSWERS if languages()[answer[2]].direction == "rtl"]


@pytest.mark.parametrize(("audience", "topic", "language"), RIGHT_TO_LEFT, ids=lambda part: part)
def test_right_to_left_answers_isolate_numbers_that_could_be_shuffled(audience, topic: str, language: str) -> None:
    for context in contexts(audience, topic, language):
        message = GUIDE.answer(topic, context)
        if message.direction == "rtl":
            outside = re.sub("\u2068[^\u2069]*\u2069", "", message.text)
            assert not re.search(r"\d[ .,]\d", outside), outside


@pytest.mark.parametrize("topic", GUIDE.topics("parent"))
def test_every_parents_article_has_a_brief_in_every_language(topic: str) -> None:
    for language in OFFERED:
        brief = GUIDE.brief(topic, Context(language, ON))
        assert brief or language not in WRITTEN_HERE
        assert "{" not in (brief or "")


def test_every_placeholder_of_a_fact_is_a_fact_of_the_article() -> None:
    for article, source in TREE.texts():
        templates = [source.main, source.brief or (), *source.variants.values()]
        used = {part.name for t in templates for part in t if isinstance(part, Placeholder) and part.kind == "fact"}
        assert used <= set(article.facts), source.path


def test_parents_texts_are_short_within_a_tenth() -> None:
    assert [problem for problem in text_length.check(TREE) if not problem.is_warning] == []


def test_no_digit_is_typed_into_a_text() -> None:
    assert list(digits.check(TREE)) == []


@pytest.mark.parametrize("language", OFFERED)
@pytest.mark.parametrize("detail", [detail for detail in DETAILS if detail != "child_moved"])
def test_every_kind_of_danger_has_its_words_and_national_numbers_in_every_language(detail: str, language: str) -> None:
    message = Replies(GUIDE).crisis(detail, Context(language, ON))
    wanted = [name for name in GUIDE.knowledge.crisis[detail] if not name.startswith("contact:")]
    assert len(message.numbers) == len(wanted)
    assert message.numbers[0].number in ("112", "113", "116 111", "116 117")
    assert (message.language, message.notices) == (language, ())


@pytest.mark.parametrize("language", OFFERED)
def test_every_topic_is_found_by_its_own_title(language: str) -> None:
    for topic in GUIDE.topics("parent"):
        results = GUIDE.search(GUIDE.title(topic, language), language=language, audience="parent", on=ON)
        assert topic in [result.topic for result in results[:3]], GUIDE.title(topic, language)


DATED = [
    (article.id, variant)
    for article in GUIDE.knowledge.articles.values()
    for variant in article.variants
    if variant.when.is_dated
]


@pytest.mark.parametrize(("topic", "variant"), DATED, ids=[f"{topic} {variant.id}" for topic, variant in DATED])
def test_how_a_rule_was_or_will_be_is_shown_on_its_days_and_only_then(topic: str, variant) -> None:
    inside = variant.when.starts or variant.when.ends - timedelta(days=1)
    outside = variant.when.ends or variant.when.starts - timedelta(days=1)
    for language in WRITTEN_HERE:
        then = GUIDE.answer(topic, Context(language, inside, audience="staff", asked_day=True))
        now = GUIDE.answer(topic, Context(language, outside, audience="staff"))
        written = GUIDE.knowledge.articles[topic].staff_texts[language].variants[variant.id]
        shown = GUIDE.render(written, language, Context(language, inside, audience="staff")).text
        if not variant.when.situations and not variant.when.zones and variant.when.age_min is None:
            assert then.text.startswith(shown)
        assert not now.text.startswith(shown)


def test_everything_is_read_within_a_second_and_rendered_within_five_milliseconds() -> None:
    tries = []
    for _ in range(3):  # the best of three: what else the machine does is not measured
        started = time.perf_counter()
        guide = Guide.load(ROOT / "knowledge")
        tries.append(time.perf_counter() - started)
    assert min(tries) < 1.0
    contexts = [Context(code, ON, place, "parent") for code in OFFERED for place in (None, "heimvik")]
    for topic in guide.topics("parent"):
        for context in contexts:
            guide.answer(topic, context)  # Babel reads each language once
    taken = []
    for topic in guide.topics("parent"):
        for context in contexts:
            started = time.perf_counter()
            guide.answer(topic, context)
            taken.append(time.perf_counter() - started)
    assert sorted(taken)[int(len(taken) * 0.99)] < 0.005


def test_no_two_topics_share_a_title() -> None:
    for language in OFFERED:
        for audience in ("parent", "staff"):
            titles = [GUIDE.title(topic, language, audience) for topic in GUIDE.topics(audience)]
            assert len(set(titles)) == len(titles), sorted(t for t in titles if titles.count(t) > 1)


def test_a_fact_that_is_not_verified_is_shown_to_no_parent_as_settled() -> None:
    for article in GUIDE.knowledge.articles.values():
        for text_ in article.parent_texts.values():
            for template in (text_.main, text_.brief or (), *text_.variants.values()):
                used = [p.name for p in template if isinstance(p, Placeholder) and p.kind == "fact"]
                unsure = [name for name in used if GUIDE.knowledge.facts[name].certainty == "C"]
                assert not unsure, (text_.path, unsure)
