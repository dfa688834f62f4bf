from __future__ import annotations

from pathlib import Path

import pytest

from bot.guidance.loading import read_knowledge
from bot.guidance.reading import KnowledgeError

HEAD = 'id: barnehage.unknown\naudience: both\nrevision: 1\nreview_by: "2027-01-01"'


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        (
            "articles/barnehage/unknown/article.yml",
            HEAD,
            "no topic",
        ),
        ("articles/barnehage/cost/xx.md", "---\n", "not in the registry"),
        ("articles/barnehage/cost/staff.uk.md", "---\n", "staff do not read"),
        ("articles/barnehage/apply/staff.nb.md", "---\n", "for parents only"),
        ("articles/staff/grants/nb.md", "---\n", "for staffs only"),
        ("municipalities/x.yml", "name: X\nzones: [moon]", "the zone 'moon'"),
        ("municipalities/x.yml", "name: X\ncontacts: {king: {name: {nb: Kongen}}}", "contact kind 'king'"),
        ("municipalities/x.yml", "name: X\noverrides: {a.b: {}}", "no fact 'a.b'"),
        ("municipalities/x.yml", "name: X\noverrides: {barnehage.price: {}}", "decided by the state"),
        ("sources.yml", 'a: {title: A, url: "ftp://x", checked: "2026-01-01"}', "must be able to open it"),
        ("topics.yml", "barnehage: {cost: {for: all, must: true, asks: x}}", "one of: parent, staff, both"),
        ("crisis.yml", "medical: {number: x}", "is not known here"),
    ],
)
def test_a_fault_names_the_file_and_says_why(write, name: str, content: str, words: str) -> None:
    root = write({name: content})
    with pytest.raises(KnowledgeError, match=words) as caught:
        read_knowledge(root)
    assert caught.value.path == root / name


def test_faults_can_be_collected_and_the_rest_read(write) -> None:
    found: list[KnowledgeError] = []
    root = write({"facts/barnehage/price.yml": "unit: 3", "municipalities/vik.yml": "x: y"})
    knowledge = read_knowledge(root, found.append)
    assert sorted(error.path.name for error in found) == ["price.yml", "vik.yml"]
    assert set(knowledge.municipalities) == {"fjord"}
    assert "barnehage.cost" in knowledge.articles


def test_the_revision_follows_any_byte_of_any_file(write, tmp_path: Path) -> None:
    first = read_knowledge(write({})).revision
    assert read_knowledge(tmp_path).revision == first
    path = tmp_path / "articles/barnehage/cost/nb.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert read_knowledge(tmp_path).revision != first


def test_articles_follow_the_order_of_the_topics(write) -> None:
    knowledge = read_knowledge(write({}))
    assert list(knowledge.articles) == ["barnehage.cost", "barnehage.apply", "staff.grants"]
    assert knowledge.areas == ("barnehage", "staff")
