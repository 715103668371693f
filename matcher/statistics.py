"""Statistics of small sets: how sure an average is, and whether two settings truly differ."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

LEVEL = 0.95
RESAMPLES = 9999

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """A measure's values and what each counts for in the average: both float64 (queries,)."""

    values: Values
    weights: Values

    @property
    def mean(self) -> float:
        """The weighted average."""
        return float(_mean(self.values, self.weights))

    def interval(self) -> tuple[float, float]:
        """The bounds within which the average lies at LEVEL, by bootstrap over the queries."""
        if len(self.values) < 2:
            return self.mean, self.mean
        found = stats.bootstrap(
            (self.values, self.weights),
            _mean,
            paired=True,
            vectorized=True,
            method="percentile",
            confidence_level=LEVEL,
            n_resamples=RESAMPLES,
            batch=1000,
            rng=0,
        )
        return float(found.confidence_interval.low), float(found.confidence_interval.high)

    def difference(self, other: "Sample") -> float:
        """How likely two samples of the same queries differ as much by chance: a p-value, 0..1.

        A paired permutation test: for each query the two may be exchanged. One query tells nothing.
        """
        if len(self.values) < 2:
            return 1.0
        found = stats.permutation_test(
            (self.values * self.weights, other.values * self.weights),
            lambda one, two, axis: np.sum(one - two, axis=axis),
            permutation_type="samples",
            vectorized=True,
            n_resamples=RESAMPLES,
            batch=1000,
            rng=0,
        )
        return float(found.pvalue)


def _mean(values: Values, weights: Values, axis: int = -1) -> Values:
    mean: Values = (values * weights).sum(axis=axis) / weights.sum(axis=axis)
    return mean
