"""Which kind a message is: softmax regression over its n-grams, learned by descent.

One-against-the-rest machines, which topics have, took four times as long for kinds and saw a family's own matter less
well beside the layer (docs/decisions/0026).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

from bot.nlu.descent import FEWEST, Rows, batches, evened, numbered
from bot.nlu.heads import SEED, Head, softmax
from bot.nlu.steps import Steps

ROUNDS = 5
FIRST = 1
"""The mean of what stood after each round is kept, from this one on, counted from 0 (Polyak and Juditsky 1992): what
stands after the last one alone changes by chance with the order of the sentences."""
RATE = 0.07
"""How far vectors move at first. A larger step leaves too sure a model, a smaller one leaves much unlearned."""
BIAS_RATE = 0.25


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
    learned, level = np.zeros_like(rows.vectors), np.zeros_like(bias)
    # Its products are small, and other readers learn on the same cores at the same time.
    with threadpool_limits(1, "blas"):
        for number in range(rounds):
            for batch in batches(random, len(wanted)):
                part, sums = rows.sums(batch)
                error = softmax(sums + bias)
                error[np.arange(len(batch)), wanted[batch]] -= 1
                error *= weights[batch][:, None]
                rows.move(part, error, RATE)
                bias -= np.float32(BIAS_RATE) * error.mean(axis=0)
            if number >= FIRST or number == rounds - 1:
                learned += rows.learned()
                level += bias
    rounds_kept = np.float32(max(1, rounds - FIRST))
    return Head(names, Steps.of(learned / rounds_kept, rows.place), level / rounds_kept, temperature)
