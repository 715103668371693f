"""Weights on a grid: the products stay, rather than the weights."""

import numpy as np
import pytest

from index.vectors import Floats
from matcher.rounding import STEPS, rounded


@pytest.fixture
def inputs() -> Floats:
    """Inputs of which some go together, as a layer's do."""
    random = np.random.default_rng(5)
    few = random.standard_normal((2000, 12))
    return np.asarray(few @ random.standard_normal((12, 48)), dtype=np.float32)


@pytest.fixture
def weights() -> Floats:
    return np.random.default_rng(6).standard_normal((48, 20)).astype(np.float32)


def nearest(weights: Floats) -> Floats:
    step = np.abs(weights).max(axis=0) / STEPS
    return np.asarray(np.round(weights / step) * step, dtype=np.float32)


def test_products_lose_a_fraction_of_what_rounding_to_the_nearest_costs(
    inputs: Floats, weights: Floats
) -> None:
    found = rounded(weights, inputs.T @ inputs)
    lost = [np.square(inputs @ (weights - grid)).mean() for grid in (found, nearest(weights))]
    assert lost[0] < 0.5 * lost[1]


def test_every_weight_is_on_the_grid_that_the_largest_makes(
    inputs: Floats, weights: Floats
) -> None:
    weights[:, 3] = 0
    found = rounded(weights, inputs.T @ inputs)
    largest = np.abs(weights).max(axis=0)
    np.testing.assert_array_equal(np.abs(found).max(axis=0), largest)
    steps = found / np.where(largest, largest, 1) * STEPS
    np.testing.assert_allclose(steps, np.round(steps), atol=1e-4)


def test_inputs_that_never_came_leave_the_nearest(weights: Floats) -> None:
    seen = np.eye(len(weights), dtype=np.float32)
    np.testing.assert_allclose(rounded(weights, seen), nearest(weights), atol=1e-6)
