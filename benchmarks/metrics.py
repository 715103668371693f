"""Stage 3: from raw numbers to figures. Pure functions: nothing is read, nothing is timed."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Two ways of summing 384 products differ by less than this; so near scores count as equal.
TIE = 1e-5


@dataclass(frozen=True)
class Spread:
    """A figure over the rounds of a run: its median, least and greatest."""

    median: float
    least: float
    greatest: float


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` percent of the values don't exceed, interpolated between two."""
    return float(np.percentile(np.asarray(values, dtype=np.float64), share))


def spread(values: Sequence[float]) -> Spread:
    """The median, least and greatest of one value a round."""
    return Spread(statistics.median(values), min(values), max(values))


def ratios(theirs: Sequence[float], ours: Sequence[float]) -> Spread:
    """How many times ours theirs is, within each round; then over the rounds.

    A machine that is slow for a while is so for both, and drops out. Raises ValueError where the
    two were not measured in the same number of rounds.
    """
    return spread([their / our for their, our in zip(theirs, ours, strict=True)])


def recall(returned: Sequence[str], exact: Mapping[str, float], k: int = 10) -> float:
    """The share of the k best by exact score that was returned, 0 to 1.

    `exact` has a score for everyone who could be returned. Whoever scores as high as the k-th
    counts, since ties may be broken either way.
    """
    best = sorted(exact.values(), reverse=True)[:k]
    if not best:
        return 1.0
    hits = sum(exact[id_] >= best[-1] - TIE for id_ in returned[:k])
    return hits / len(best)


def difference(
    returned: Sequence[str], scores: Sequence[float], exact: Mapping[str, float]
) -> float:
    """The largest distance between a returned score and the exact score of the same id."""
    pairs = zip(returned, scores, strict=True)
    return max((abs(score - exact[id_]) for id_, score in pairs), default=0.0)
