"""Counting: figures by language, disturbed messages, reliability, and the steps in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bot.guidance.model import Understanding
from bot.nlu.data import Case
from tests.benchmarks.nlu import calibration, figures, robustness
from tests.benchmarks.nlu.__main__ import Plan, is_ours, steps
from tests.benchmarks.nlu.preparing import training_file
from tests.benchmarks.nlu.records import Disturbed, Reply, pairs_of, read_replies, write_replies
from tests.benchmarks.nlu.sampling import Example
from tests.benchmarks.nlu.steps import Step, StepFailed, environment, perform

ASK = Case("what does it cost", "ask/a.b", "en", "x")
TOPICS = (("a.b", 0.8), ("a.c", 0.1))


def asked(band: str, topics: tuple[tuple[str, float], ...] = TOPICS) -> Understanding:
    return Understanding(kind="ask", topics=topics, band=band, language="en", confidence=0.5)  # type: ignore[arg-type]


def test_answered_questions_are_counted_by_language_and_together() -> None:
    cases = [ASK, ASK, Case("help", "danger/child", "nb", "x")]
    scores = figures.count(cases, [asked("sure"), asked("unsure"), Understanding(kind="danger", language="nb")])
    found = {figure.title: figures.share(scores["all"], figure) for figure in figures.FIGURES}
    assert found["answered"] == 50
    assert found["right in answer or choices"] == 100
    assert found["danger recognised"] == 100
    assert found["false alarms"] is None
    assert set(scores) == {"all", "en", "nb"}


def test_an_own_matter_taken_for_danger_ends_in_the_offer_of_a_person_but_is_not_recognised() -> None:
    own = Case("they have my son", "own_case", "en", "x")
    scores = figures.count([own, own], [Understanding(kind="danger", language="en"), asked("sure")])
    found = {figure.title: figures.share(scores["en"], figure) for figure in figures.FIGURES}
    assert found["own case or consent recognised"] == 0
    assert found["own case or consent: a person offered"] == 50


def test_percentiles_are_those_of_the_values() -> None:
    assert figures.percentiles([float(value) for value in range(101)]) == (50, 95)


def test_two_questions_must_both_be_shown() -> None:
    label = "ask/a.b"
    both = robustness.judged(label, "a.c", asked("unsure"))
    assert both == {robustness.FIRST: True, robustness.FOUND: True}
    assert robustness.judged(label, "a.c", asked("sure"))[robustness.FOUND]
    assert not robustness.judged(label, "a.c", asked("sure", (TOPICS[0], ("a.c", 0.02))))[robustness.FOUND]
    assert not robustness.judged(label, "a.c", asked("unsure", TOPICS[:1]))[robustness.FOUND]


def test_a_disturbance_is_compared_with_the_same_messages_before() -> None:
    given = [Disturbed("typos", "waht does it csot", ASK)]
    found = robustness.changes(given, [asked("sure", (("a.c", 0.9),))], {ASK: asked("sure")})
    for name in ("en", "all"):
        change = found["typos"][name]
        assert change.share(robustness.FIRST, is_after=False) == 100
        assert change.share(robustness.FIRST, is_after=True) == 0
        assert change.share(robustness.DANGER, is_after=True) is None


def test_certainty_is_the_topic_times_the_question() -> None:
    assert calibration.certainty(ASK, asked("sure")) == (pytest.approx(0.4), True)
    assert calibration.certainty(ASK, Understanding(kind="human", topics=TOPICS)) is None
    assert calibration.certainty(Case("x", "not_danger", "en", "x"), asked("sure")) is None


def test_reliability_and_its_error() -> None:
    bins = calibration.reliability([(0.85, True), (0.85, False), (1.0, True), (0.05, False)])
    assert [(one.low, one.number, one.right) for one in bins] == [(0.0, 1, 0.0), (0.8, 2, 0.5), (0.9, 1, 1.0)]
    assert calibration.expected_error(bins) == pytest.approx((0.05 + 2 * 0.35 + 0) / 4)
    assert calibration.bias(bins) == pytest.approx((-0.05 - 0.7) / 4)
    assert calibration.expected_error([]) is None


def test_replies_come_back_as_they_were(tmp_path: Path) -> None:
    replies = [Reply(1.5, asked("sure")), Reply(2.0, None, (("ask_a.b", 0.5),), True)]
    write_replies(tmp_path / "replies.json", replies)
    assert read_replies(tmp_path / "replies.json") == replies


def test_arguments_come_in_pairs() -> None:
    assert pairs_of(["a", "b", "c", "d"]) == [(Path("a"), Path("b")), (Path("c"), Path("d"))]
    with pytest.raises(ValueError, match="argument"):
        pairs_of(["a"])


def test_training_sentences_are_written_by_label_and_language() -> None:
    examples = [Example("hei", "smalltalk/greet", "nb"), Example("hi", "smalltalk/greet", "en")]
    blocks = training_file(examples, lambda label: label.replace("/", "_"))["nlu"]
    assert [(block["intent"], block["metadata"]["language"], block["examples"]) for block in blocks] == [
        ("smalltalk_greet", "en", "- hi\n"),
        ("smalltalk_greet", "nb", "- hei\n"),
    ]


def test_a_quick_run_trains_neither_diet_nor_everything() -> None:
    names = [step.name for step in steps(Plan(300, 200, 100, False, True), Path("out"))]
    assert "train-full" not in names
    assert "train-default" not in names
    assert names[-1] == "report"


def test_a_folder_of_another_plan_is_not_gone_on_from(tmp_path: Path) -> None:
    assert is_ours(tmp_path, Plan(300, 200, 100, False, True))
    assert is_ours(tmp_path, Plan(300, 200, 100, False, True))
    assert not is_ours(tmp_path, Plan(300, 200, 2, False, True))


def test_a_step_is_measured_once_and_kept(tmp_path: Path) -> None:
    step = Step("make", (sys.executable, "-c", "open('made', 'x').write(' ' * 10)"), "made")
    run = perform(step, tmp_path)
    assert run.seconds > 0
    assert run.peak_mb > 1
    assert perform(step, tmp_path) == run  # a second making would fail: the file is there


def test_a_step_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="no such luck"):
        perform(Step("fail", (sys.executable, "-c", "raise SystemExit('no such luck')"), "made"), tmp_path)


def test_the_developers_own_settings_stay_out(tmp_path: Path) -> None:
    found = environment(tmp_path, {"PATH": "/bin", "BROBYGGER_TODAY": "2027-01-01"})
    assert found["PATH"] == "/bin"
    assert "BROBYGGER_TODAY" not in found
