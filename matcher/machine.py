"""A support vector machine with a Gaussian kernel: what a vector speaks for."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.errors import Missing
from index.vectors import Floats

# The kernel's width and what a line on the wrong side costs; between half and twice either, what is
# heard of the lines hardly changes.
GAMMA, COST = 2.0, 4.0


@dataclass(frozen=True)
class Machine:
    """Lines that were learnt from, float32 (lines, width), how much each speaks for what is
    wanted, float32 (lines,), and what is added.
    """

    lines: Floats
    weights: Floats
    offset: float

    def scores(self, vectors: Floats) -> Floats:
        """How much each vector speaks for what is wanted: float32 (vectors,)."""
        near = vectors @ self.lines.T
        near -= 1
        near *= 2 * GAMMA
        found: Floats = np.exp(near, out=near) @ self.weights + np.float32(self.offset)
        return found

    @classmethod
    def fit(cls, vectors: Floats, wanted: npt.NDArray[np.bool_], counts: Floats) -> "Machine":
        """Learn which vectors, float32 (lines, width), length 1, are wanted; `counts`, float32
        (lines,), is how much each counts. Raises Missing without the extra `build`.
        """
        try:
            from sklearn.svm import SVC
        except ImportError:
            raise Missing("fitting the alarm needs the extra `build`: run `make install`") from None
        # The kernel at once, as one product: a sixth of the time that one by one takes.
        exact = vectors.astype(np.float64)
        near = exact @ exact.T
        near -= 1
        near *= 2 * GAMMA
        np.exp(near, out=near)
        found = SVC(C=COST, kernel="precomputed").fit(near, wanted, sample_weight=counts)
        weights = found.dual_coef_[0].astype(np.float32)
        return cls(vectors[found.support_], weights, float(found.intercept_[0]))
