"""``make benchmark-nlu``: compares our understanding with three other systems, disturbs its messages, checks its
probabilities, and writes docs/benchmarks-nlu.md with its pictures.

    python -m tests.benchmarks.nlu [--quick] [--epochs 100] [--sentences 3000] [--messages 2000] [--no-default]
                                   [--out docs] [--work FOLDER]

``--quick`` is a smoke test: few sentences, no DIET, ours only on the subset, written below ``var/``. ``--work`` keeps
what the steps make and goes on from what is there. Every step is a process of its own (steps.py).
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.nlu.steps import ROOT, Step, StepFailed, module, perform_all, say

QUICK_SENTENCES, QUICK_MESSAGES = 300, 200


@dataclass(frozen=True)
class Plan:
    """What is measured in this run."""

    sentences: int
    messages: int
    epochs: int
    with_default: bool
    is_quick: bool


def rasa_training(name: str) -> Step:
    """Train one of the two Rasa pipelines on the subset, as a user of Rasa would."""
    command = (
        sys.executable, "-m", "rasa", "train", "nlu", "--config", f"config-{name}.yml", "--nlu", f"nlu-{name}.yml",
        "--out", "models", "--fixed-model-name", name,
    )  # fmt: skip
    return Step(f"train-{name}", command, f"models/{name}.tar.gz")


def rasa_reading(name: str, model: str, **parts: str) -> Step:
    """Read messages with a Rasa model: files of messages by the name that their replies get."""
    pairs = [file for part, messages in parts.items() for file in (f"{messages}.json", f"replies-{part}.json")]
    return Step(f"read-{name}", module("reading_rasa", model, *pairs), pairs[-1])


def steps(plan: Plan, out: Path) -> list[Step]:
    """Everything that is done, in order."""
    size = (plan.sentences, plan.messages, plan.epochs, *(["quick"] if plan.is_quick else []))
    found = [Step("prepare", module("preparing", ".", *size), "config-default.yml"), rasa_training("ours")]
    ours, full = "models/ours.tar.gz", "var/models/brobygger.tar.gz"
    rest = {"all": "all", "disturbed": "disturbed-messages"}
    if plan.is_quick:
        found.append(rasa_reading("ours", ours, ours="sample", full="sample", **rest))
    else:
        command = (sys.executable, "-m", "bot.dialogue.serve", "train", "--force")
        found += [
            rasa_reading("ours", ours, ours="sample"),
            Step("train-full", command, full),
            rasa_reading("full", full, full="sample"),
            # Apart, so that the memory of the step before is that of serving the sample.
            rasa_reading("rest", full, **rest),
        ]
    found += [
        Step("train-plain", module("plain", "train", "subset.json", "models/plain.joblib"), "models/plain.joblib"),
        Step(
            "read-plain",
            module("plain", "read", "models/plain.joblib", "sample.json", "replies-plain.json"),
            "replies-plain.json",
        ),
        Step(
            "read-search",
            module("searching", "validation.json", "replies-validation.json", "sample.json", "replies-search.json"),
            "replies-search.json",
        ),
    ]
    if plan.with_default:
        found += [rasa_training("default"), rasa_reading("default", "models/default.tar.gz", default="sample")]
    kind = "quick" if plan.is_quick else "full"
    found.append(Step("report", module("report", ".", out, plan.epochs, kind), "report.done"))
    return found


def fingerprint(plan: Plan) -> str:
    """A hash of the plan and of everything that the steps read, but for the code of the benchmark itself."""
    digest = hashlib.sha256(repr(plan).encode())
    for name in ("config.yml", "bot", "knowledge", "tests/conversations"):
        place = ROOT / name
        for file in [place] if place.is_file() else sorted(place.rglob("*")):
            if file.suffix in (".yml", ".md", ".txt", ".py"):
                digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def is_ours(folder: Path, plan: Plan) -> bool:
    """Whether a folder is empty or holds the steps of this very plan and data; notes them in it."""
    note, now = folder / "made-of", fingerprint(plan)
    if note.is_file():
        return note.read_text(encoding="utf-8") == now
    note.write_text(now, encoding="utf-8")
    return True


def main() -> int:
    """Measure and write; 1 when a step fails."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.nlu")
    parser.add_argument("--quick", action="store_true", help="a smoke test of under a minute, without DIET")
    parser.add_argument("--epochs", type=int, default=100, help="epochs of Rasa's default pipeline")
    parser.add_argument("--sentences", type=int, help="training sentences of the subset")
    parser.add_argument("--messages", type=int, help="test messages of the comparison")
    parser.add_argument("--no-default", action="store_true", help="leave Rasa's default pipeline out")
    parser.add_argument("--out", type=Path, help="where the report goes (docs)")
    parser.add_argument("--work", type=Path, help="keep what the steps make here, and go on from it")
    given = parser.parse_args()
    plan = Plan(
        given.sentences or (QUICK_SENTENCES if given.quick else 3000),
        given.messages or (QUICK_MESSAGES if given.quick else 2000),
        given.epochs,
        not (given.quick or given.no_default),
        given.quick,
    )
    out = (given.out or (ROOT / "var" / "benchmark-nlu" if given.quick else ROOT / "docs")).resolve()
    with tempfile.TemporaryDirectory(prefix="brobygger-nlu-") as temporary:
        folder = (given.work or Path(temporary)).resolve()
        (folder / "models").mkdir(parents=True, exist_ok=True)
        if not is_ours(folder, plan):
            print(f"{folder} holds a run of another plan or other data: name an empty folder.", file=sys.stderr)
            return 1
        (folder / "report.done").unlink(missing_ok=True)
        try:
            perform_all(steps(plan, out), folder)
        except StepFailed as failure:
            print(failure, file=sys.stderr)
            return 1
    say(f"Written: {out / 'benchmarks-nlu.md'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
