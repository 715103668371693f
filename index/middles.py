"""Middles: one vector for all the rows of a group, so that groups can be held against groups."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from index.rows import Ints, Rows
from index.vectors import Floats, unit

# Groups that stand for all of them where there are more; evenly taken, they have nearly the same
# mean as all.
SAMPLE = 4096


@dataclass(frozen=True)
class Middles:
    """The middle of each group's rows: their mean, scaled to length 1."""

    rows: Rows

    @property
    def decoding(self) -> int:
        """As of the rows."""
        return self.rows.decoding

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, groups: Ints) -> Floats:
        """These groups' middles, float32 (n, width); `groups` is int64 (n,), one or more."""
        numbers, offsets = self.rows.members(groups)
        vectors = self.rows.take(numbers)
        return unit(np.add.reduceat(vectors, offsets), vectors.shape[1])

    def best(self, queries: Floats, groups: Ints) -> Floats:
        """The inner product of each group's middle and each query; `queries` is float32
        (queries, width).
        """
        scores: Floats = np.vecdot(queries[:, None, :], self.of(groups)[None, :, :])
        return scores

    @cached_property
    def mean(self) -> Floats:
        """What all groups have in common: the mean of their middles, float32 (width,)."""
        groups = len(self.rows.starts) - 1
        mean: Floats = self.of(np.arange(0, groups, -(-groups // SAMPLE))).mean(axis=0)
        return mean
