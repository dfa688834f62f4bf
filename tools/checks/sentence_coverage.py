"""There are enough sentences to learn from and to test with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.languages import languages
from tools.problems import Problem
from tools.tree import Tree

PER_TOPIC = 20
PER_KIND = 40
PER_DANGER = 25
"""For each kind of danger, because each has its own numbers and words."""
TESTS_PER_TOPIC = 6
NOT_LABELS = ("general", "child_moved")
"""Rows of crisis.yml that are no kind of danger that a message can be labelled with."""
KINDS = ("own_case", "consent", "human", "danger", "smalltalk", "refer", "out_of_scope", "affirm", "deny")


def check(tree: Tree) -> Iterator[Problem]:
    """Yield topics and kinds of message with too few sentences; one line with a number for a language that grows."""
    for code in tree.codes:
        found = list(_of_language(tree, code))
        topics = [problem for problem in found if problem.path.name != "dialogue.yml"]
        if code in tree.growing and topics:
            yield Problem(
                topics[0].path.parent,
                1,
                f"{code} has too few sentences in {len(topics)} places, such as: {topics[0].message}",
                f"Run `python -m tools validate --language {code}` for the whole list.",
                is_warning=True,
            )
            found = [problem for problem in found if problem not in topics]
        yield from found


def _of_language(tree: Tree, code: str) -> Iterator[Problem]:
    # Staff ask in the languages that staff texts exist in; in a growing language only what can be answered in it.
    staff = code in languages() and languages()[code].staff
    topics = [
        topic
        for topic, article in tree.knowledge.articles.items()
        if (code in article.parent_texts if code in tree.growing else bool(article.parent_texts))
        or (staff and article.staff_texts)
    ]
    trained = Counter(sentence.label for sentence in tree.training if sentence.language == code)
    tested = Counter(sentence.label for sentence in tree.tests if sentence.language == code)
    kinds: Counter[str] = Counter()
    for label, number in trained.items():
        kinds[label.partition("/")[0]] += number
    least_of = dict.fromkeys(KINDS, PER_KIND)
    for detail in tree.knowledge.crisis:
        if detail not in NOT_LABELS:
            least_of[f"danger/{detail}"] = PER_DANGER
            kinds[f"danger/{detail}"] = trained[f"danger/{detail}"]
    for topic in topics:
        area = topic.partition(".")[0]
        for folder, counted, least, what in (
            ("bot/data/nlu", trained, PER_TOPIC, "training sentences"),
            ("tests/conversations", tested, TESTS_PER_TOPIC, "test messages"),
        ):
            number = counted[f"ask/{topic}"]
            if number < least:
                yield Problem(
                    tree.root / folder / code / f"{area}.yml",
                    1,
                    f"ask/{topic} has {number} {what}; {least} are the least. Parents would not be understood.",
                    "Write more, in different words (docs/labelling.md).",
                    is_warning=not (staff or tree.knowledge.topics[topic].must),
                )
    for kind, least in least_of.items():
        if kinds[kind] < least:
            yield Problem(
                tree.root / "bot/data/nlu" / code / "dialogue.yml",
                1,
                f"{kind} has {kinds[kind]} training sentences; {least} are the least. Parents would not be understood.",
                "Write more, in different words (docs/labelling.md).",
            )
