"""Walks every real answer: each article, language, variant and audience."""

from __future__ import annotations

import re
from datetime import date
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
from tools.tree import Tree

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 11, 22)
GUIDE = Guide.load(ROOT / "knowledge")
OFFERED = tuple(entry.code for entry in languages().offered())
TREE = Tree(ROOT, ON, OFFERED)
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
    assert len(GUIDE.topics("parent")) >= 10
    assert len(GUIDE.topics("staff")) >= 10


@pytest.mark.parametrize(("audience", "topic", "language"), ANSWERS, ids=lambda part: part)
def test_every_answer_is_whole(audience, topic: str, language: str) -> None:
    for context in contexts(audience, topic, language):
        message = GUIDE.answer(topic, context)
        assert message.text.strip()
        assert "{" not in message.text
        assert "%{" not in message.text
        assert message.direction == languages()[message.language].direction
        assert message.language == language, "the text is missing in this language"
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
        assert brief
        assert "{" not in brief


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
@pytest.mark.parametrize("detail", ["medical", "violence", "child", "self_harm", "abroad", "general"])
def test_every_kind_of_danger_has_its_words_and_national_numbers_in_every_language(detail: str, language: str) -> None:
    message = Replies(GUIDE).crisis(detail, Context(language, ON))
    wanted = [name for name in GUIDE.knowledge.crisis[detail] if not name.startswith("contact:")]
    assert len(message.numbers) == len(wanted)
    assert message.numbers[0].number in ("112", "113")
    assert (message.language, message.notices) == (language, ())


@pytest.mark.parametrize("language", OFFERED)
def test_every_topic_is_found_by_its_own_title(language: str) -> None:
    for topic in GUIDE.topics("parent"):
        results = GUIDE.search(GUIDE.title(topic, language), language=language, audience="parent", on=ON)
        assert results[0].topic == topic
