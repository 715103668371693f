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
    assert scores == pytest.approx(other.decision_function(vectors[60:]), abs=3e-2)
    assert np.mean((scores > 0) == wanted[60:]) > 0.7


def test_a_vector_gets_the_same_score_whatever_is_beside_it_and_after_it_is_loaded() -> None:
    chance = np.random.default_rng(2)
    vectors = chance.normal(size=(300, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    machine = Machine.fit(vectors, np.arange(300) % 2 == 0, np.ones(300, np.float32))
    together = Machine(machine.graph).scores(vectors[:9])
    alone = [float(machine.scores(vectors[n : n + 1])[0]) for n in range(9)]
    assert together.tolist() == pytest.approx(alone, abs=1e-6)
