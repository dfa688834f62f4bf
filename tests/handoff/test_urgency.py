from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.handoff.records import Reason
from bot.handoff.urgency import ORDINARY_TOPICS, higher, urgency_of

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("reason", "topic", "urgency"),
    [
        ("danger", None, "U0"),
        ("danger", "barnehage.apply", "U0"),
        ("own_case", None, "U1"),
        ("own_case", "settling.family-reunification", "U1"),
        ("own_case", "barnevern.investigation", "U1"),
        ("own_case", "rights.complain", "U1"),
        ("own_case", "barnehage.cannot-pay", "U1"),
        ("own_case", "rights.interpreter", "U1"),
        ("own_case", "barnehage.apply", "U2"),
        ("own_case", "rights.see-my-papers", "U2"),
        ("own_case", "coordination.individual-plan", "U2"),
        ("consent", "rights.consent", "U1"),
        ("consent", None, "U1"),
        ("human", None, "U1"),
        ("human", "leisure.activities", "U2"),
    ],
)
def test_the_trigger_table_decides(reason: Reason, topic: str | None, urgency: str):
    assert urgency_of(reason, topic) == urgency


def test_every_topic_of_the_table_exists():
    areas = yaml.safe_load((ROOT / "knowledge/topics.yml").read_text(encoding="utf-8"))
    assert {f"{area}.{topic}" for area, topics in areas.items() for topic in topics} >= ORDINARY_TOPICS


def test_of_two_urgencies_the_higher_one_stands():
    assert higher("U2", "U0") == higher("U0", "U2") == "U0"
    assert higher("U1", "U2") == "U1"
