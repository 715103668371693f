"""Rounds a product's weights to a grid so that the products stay, rather than the weights.

What one weight loses by rounding, those that are not rounded yet make up for, as far as the inputs
they meet let them (GPTQ: Frantar and others, 2022).
"""

import numpy as np

from index.vectors import Floats

STEPS = 64  # on either side of zero, which ONNX Runtime has in its 7 bits
# How far the inputs seen are trusted; more of it changes weights less. The products' mean size.
DAMPING = 0.05


def rounded(weights: Floats, inputs: Floats) -> Floats:
    """The weights (inputs, outputs) on a grid of `STEPS` to each output's largest.

    `inputs` (inputs, inputs) is the sum of the products of the inputs that were seen, each with
    each. All float32. A weight that is its output's largest is kept: it makes the grid.
    """
    seen = inputs.astype(np.float64)
    seen[np.diag_indices_from(seen)] += DAMPING * np.trace(seen) / len(seen)
    order = np.argsort(-np.diag(seen), kind="stable")  # first what weighs most in the products
    left = weights[order].astype(np.float64)
    largest = np.abs(left).argmax(axis=0)
    step = np.abs(left).max(axis=0) / STEPS
    step[step == 0] = 1  # an output that is always zero
    makes_up = np.linalg.cholesky(np.linalg.inv(seen[np.ix_(order, order)])).T
    found = np.empty_like(left)
    for row in range(len(left)):
        nearest = np.clip(np.round(left[row] / step), -STEPS, STEPS) * step
        found[row] = np.where(largest == row, weights[order[row]], nearest)
        lost = (left[row] - found[row]) / makes_up[row, row]
        left[row + 1 :] -= np.outer(makes_up[row, row + 1 :], lost)
    result = np.empty_like(weights)
    result[order] = found
    return result
