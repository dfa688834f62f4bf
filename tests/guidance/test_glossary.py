from __future__ import annotations

import pytest

from bot.guidance.guide import Guide
from bot.guidance.model import Message
from bot.guidance.reading import KnowledgeError

HEAD = "articles/barnehage/cost/article.yml"
GLOSSARY = "barnehage: {nb: Et sted for små barn., en: Kindergarten.}\nnemnd: {nb: Et utvalg.}\n"


@pytest.fixture
def explaining(write) -> Guide:
    base = write({})
    head = (base / HEAD).read_text(encoding="utf-8") + "terms: [barnehage, nemnd]\n"
    return Guide.load(write({HEAD: head, "glossary.yml": GLOSSARY}))


def test_an_answer_carries_the_words_of_its_text_in_the_texts_language(explaining: Guide, reader) -> None:
    message = explaining.answer("barnehage.cost", reader())
    assert [(t.term, t.meaning) for t in message.terms] == [
        ("barnehage", "Et sted for små barn."),
        ("nemnd", "Et utvalg."),
    ]
    assert Message.from_dict(message.to_dict()).terms == message.terms


def test_a_word_without_a_meaning_in_the_language_is_left_out(explaining: Guide, reader) -> None:
    assert explaining.answer("barnehage.cost", reader(language="ar")).terms == ()


def test_a_meaning_in_a_language_that_does_not_exist_is_refused(write) -> None:
    with pytest.raises(KnowledgeError, match="'xx' is not known"):
        Guide.load(write({"glossary.yml": "barnehage: {xx: hm}\n"}))
