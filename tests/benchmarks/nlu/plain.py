"""Two steps: the textbook classifier, TF-IDF of words and pairs of words with logistic regression.

python -m tests.benchmarks.nlu.plain train <sentences> <model>
python -m tests.benchmarks.nlu.plain read <model> <messages> <replies>
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from bot.nlu.data import Case
from tests.benchmarks.nlu.judging import RANKED
from tests.benchmarks.nlu.records import WARM_UP, Reply, read_cases_from, read_examples_from, write_replies


def train(sentences: Path, model: Path) -> None:
    """Train on the flat labels, with the library's defaults but for pairs of words and enough rounds."""
    examples = read_examples_from(sentences)
    pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(max_iter=1000))
    pipeline.fit([example.text for example in examples], [example.label for example in examples])
    joblib.dump(pipeline, model, compress=3)


def read(model: Path, messages: Path, replies: Path) -> None:
    """Read messages, one after the other."""
    pipeline: Pipeline = joblib.load(model)
    cases = read_cases_from(messages)
    for case in cases[:WARM_UP]:
        _one(pipeline, case)
    write_replies(replies, [_one(pipeline, case) for case in cases])


def _one(pipeline: Any, case: Case) -> Reply:
    started = time.perf_counter()
    found = pipeline.predict_proba([case.text])[0]
    best = np.argsort(-found)[:RANKED]
    ranking = tuple((str(pipeline.classes_[index]), round(float(found[index]), 4)) for index in best)
    return Reply((time.perf_counter() - started) * 1000, None, ranking)


if __name__ == "__main__":
    {"train": train, "read": read}[sys.argv[1]](*(Path(argument) for argument in sys.argv[2:]))
