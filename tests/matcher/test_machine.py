"""The machine: says what scikit-learn's own says, and tells apart what it learnt."""

import numpy as np
import pytest
from sklearn.svm import SVC

from matcher.machine import COST, GAMMA, Machine


def test_it_says_what_scikit_learn_says_with_the_kernel_one_by_one() -> None:
    chance = np.random.default_rng(1)
    vectors = chance.normal(size=(80, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    wanted = vectors[:, 0] + 0.3 * chance.normal(size=80) > 0
    counts = np.where(np.arange(80) % 3, 1, 0.5).astype(np.float32)
    machine = Machine.fit(vectors[:60], wanted[:60], counts[:60])
    other = SVC(C=COST, gamma=GAMMA).fit(vectors[:60], wanted[:60], sample_weight=counts[:60])
    scores = machine.scores(vectors[60:])
    assert scores.dtype == np.float32
    assert scores == pytest.approx(other.decision_function(vectors[60:]), abs=2e-3)
    assert np.mean((scores > 0) == wanted[60:]) > 0.7
