"""Tallies: how many groups would be admitted if one condition were dropped or set otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from index.rows import Ints, Mask


@dataclass(frozen=True)
class Held:
    """A column of lists made ready for counting: what each group holds, once, however often said.

    `codes`, int32 (held,), are places in `values`, group after group; `sizes`, int64 (groups,),
    is how many each group has: none where the list is missing.
    """

    values: tuple[str, ...]
    codes: npt.NDArray[np.int32]
    sizes: Ints

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Held":
        """Take a column of lists of dictionary-encoded texts, one list a group."""
        lists = column.combine_chunks()
        held = lists.flatten()
        holders = pc.list_parent_indices(lists).to_numpy()
        values = tuple(held.dictionary.to_pylist())
        pairs = np.sort(holders * len(values) + held.indices.to_numpy())
        pairs = pairs[np.diff(pairs, prepend=-1) > 0]  # np.unique takes twenty times as long
        holders, codes = np.divmod(pairs, len(values))
        return cls(values, codes.astype(np.int32), np.bincount(holders, minlength=len(lists)))

    def tally(self, admitted: Mask) -> dict[str, int]:
        """How many admitted groups hold each value; `admitted` is bool (groups,)."""
        codes = self.codes[np.repeat(admitted, self.sizes)]
        counts = np.bincount(codes, minlength=len(self.values))
        return dict(zip(self.values, counts.tolist(), strict=True))


def up_to(numbers: npt.NDArray[np.float64], steps: Sequence[float]) -> list[int]:
    """How many of the numbers, float64 (n,), lie at or below each step; NaN is below none."""
    # Sorting leaves NaN at the end.
    counts: list[int] = np.searchsorted(np.sort(numbers), steps, side="right").tolist()
    return counts


def leaving_out(present: Mask, masks: Mapping[str, Mask]) -> tuple[Mask, dict[str, Mask]]:
    """Who meets every condition, and under each one's name who meets all the others.

    `masks` has who meets each condition. All masks are bool (groups,); none of the groups that
    aren't `present` is ever among those returned.
    """
    missed = (~present).astype(np.int32)
    for mask in masks.values():
        missed += ~mask
    return missed == 0, {name: missed == ~mask for name, mask in masks.items()}
