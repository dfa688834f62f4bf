"""Which kind a message is: softmax regression over its n-grams, learned by descent.

One-against-the-rest machines, which topics have, took four times as long for kinds and saw a family's own matter less
well beside the layer (docs/decisions/0026).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.nlu.descent import FEWEST, LAST, Rows, batches, evened, numbered, steps
from bot.nlu.heads import SEED, Head, softmax
from bot.nlu.steps import Steps

ROUNDS = 5
RATE = 0.07
"""How far vectors move at first. A larger step leaves too sure a model, a smaller one leaves much unlearned."""
BIAS_RATE = 0.5


def train_regression(
    matrix: csr_matrix, labels: Sequence[str], temperature: float, *, rounds: int = ROUNDS, fewest: int = FEWEST
) -> Head:
    """A head for ``labels``, one of each sentence; n-grams that fewer than ``fewest`` sentences hold say nothing."""
    names, wanted = numbered(labels)
    weights = evened(wanted)
    rows = Rows(matrix, fewest)
    rows.begin(np.zeros((len(rows), len(names)), dtype=np.float32))
    bias = np.zeros(len(names), dtype=np.float32)
    random = np.random.default_rng(SEED)
    last, step = steps(len(wanted), rounds), 0
    # Its products are small, and other readers learn on the same cores at the same time.
    with threadpool_limits(1, "blas"):
        for _ in range(rounds):
            for batch in batches(random, len(wanted)):
                step += 1
                left = 1 - (1 - LAST) * step / last
                part, sums = rows.sums(batch)
                error = softmax(sums + bias)
                error[np.arange(len(batch)), wanted[batch]] -= 1
                error *= weights[batch][:, None]
                rows.move(part, error, RATE * left)
                bias -= np.float32(BIAS_RATE * left) * error.mean(axis=0)
    return Head(names, Steps.of(rows.learned(), rows.place), bias, temperature)
