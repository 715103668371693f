"""Fields other than rows: their density, marks that groups bear, and one number a group.

Whatever is searched has the same verb: how well each group answers each query.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from index.rows import Ints, Rows
from index.vectors import Floats


class Field(Protocol):
    """Something about every group that a query can be held against."""

    @property
    def decoding(self) -> int:
        """How many products with a row would take as long as reading it first."""
        ...

    def __len__(self) -> int:
        """How many rows there are in all."""
        ...

    def best(self, queries: npt.NDArray[Any], groups: Ints) -> Floats:
        """Each group's score for each query: float32 (queries, n).

        `queries` is what the field is searched with, one a row; `groups` int64 (n,).
        """
        ...


# How quickly what is farther off counts less: of two rows, one at a cosine of 0.5 counts 2.2 times
# one at 0.4. Between 6 and 12 the figures of `benchmarks.quality` hardly move. At EVEN a step
# nearer counts as much as of a cosine.
CURVE, EVEN = 8.0, 0.4
# What a step counts about where the best of many groups lie, at a cosine of 0.3.
SLOPE = math.exp(CURVE * (0.3 - EVEN))


@dataclass(frozen=True)
class Density:
    """How densely a group's rows lie around a query: the mean over them of
    exp(CURVE (product - EVEN)) / CURVE, a kernel density. Who has more rows gains nothing by it,
    and one row near counts for several that are not.
    """

    rows: Rows

    @property
    def decoding(self) -> int:
        """As of the rows."""
        return self.rows.decoding

    def __len__(self) -> int:
        return len(self.rows)

    def best(self, queries: Floats, groups: Ints) -> Floats:
        """Each group's density around each query; `queries` is float32 (queries, width)."""
        products, offsets = self.rows.products(queries, groups)
        near = np.exp(CURVE * (products - EVEN), dtype=np.float64) / CURVE
        sizes = np.diff(offsets, append=len(near))
        means: Floats = (np.add.reduceat(near, offsets, axis=0).T / sizes).astype(np.float32)
        return means


@dataclass(frozen=True)
class Marks:
    """Sets of marks, as a column of lists has them; what is not among `names` is left out.

    A group scores the sum of the query's values for its marks, over the root of their number: one
    who bears every mark gains nothing by it. Without marks it scores 0.
    """

    column: pa.ChunkedArray  # lists of dictionary-encoded texts, one a group; null counts as empty
    names: tuple[str, ...]
    decoding: int = 0

    def __len__(self) -> int:
        return len(self._codes)

    def best(self, queries: Floats, groups: Ints) -> Floats:
        """Each group's score for each query; `queries` is float32 (queries, names)."""
        starts = self._starts[groups]
        sizes = self._starts[groups + 1] - starts
        offsets = np.cumsum(sizes) - sizes
        at = np.repeat(starts - offsets, sizes) + np.arange(sizes.sum())
        # A column of zeros at the end, where the last groups may begin and end.
        values = np.pad(queries[:, self._codes[at]], ((0, 0), (0, 1)))
        sums = np.add.reduceat(values, offsets, axis=1)
        scores: Floats = np.where(sizes > 0, sums / np.sqrt(np.maximum(sizes, 1)), 0)
        return scores.astype(np.float32)

    def dense(self) -> Floats:
        """What each group scores for each name alone: float32 (groups, names)."""
        each = np.eye(len(self.names), dtype=np.float32)
        return self.best(each, np.arange(len(self.column))).T

    @cached_property
    def _spans(self) -> tuple[Ints, Ints]:
        """The marks of all groups one after the other, and where each group's begin."""
        lists = self.column.combine_chunks()
        held = lists.flatten()
        known = pc.index_in(held.dictionary, pa.array(self.names, pa.string()))
        codes = known.fill_null(-1).to_numpy(zero_copy_only=False)[held.indices.to_numpy()]
        holders = pc.list_parent_indices(lists).to_numpy()
        kept = codes >= 0
        starts = np.searchsorted(holders[kept], np.arange(len(self.column) + 1))
        return codes[kept].astype(np.int64), starts.astype(np.int64)

    @property
    def _codes(self) -> Ints:
        return self._spans[0]

    @property
    def _starts(self) -> Ints:
        return self._spans[1]


@dataclass(frozen=True)
class Values:
    """A number a group, float32 (groups,), that counts by the query's only component."""

    numbers: npt.NDArray[np.float32]
    decoding: int = 0

    def __len__(self) -> int:
        return len(self.numbers)

    def best(self, queries: Floats, groups: Ints) -> Floats:
        """Each group's number times each query's; `queries` is float32 (queries, 1)."""
        scores: Floats = queries[:, :1] * self.numbers[None, groups]
        return scores
