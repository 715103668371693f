"""Filters: conditions on attribute columns, combined by AND into one mask over the groups.

A condition admits only groups that state the attribute, so a missing value never qualifies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from index.rows import Ints, Mask

EARTH_RADIUS_MILES = 3958.8
LATITUDE, LONGITUDE = "latitude", "longitude"  # columns of where a group is, in degrees


@dataclass(frozen=True)
class AnyOf:
    """The group's list in this column, of dictionary-encoded texts, holds one of the values."""

    column: str
    values: tuple[str, ...]

    def mask(self, columns: pa.Table) -> Mask:
        """Bool (groups,)."""
        lists = columns[self.column].combine_chunks()
        held = lists.flatten()
        wanted = pc.is_in(held.dictionary, pa.array(self.values, pa.string()))
        holds = wanted.to_numpy(zero_copy_only=False)[held.indices.to_numpy()]
        admitted = np.zeros(len(columns), dtype=np.bool_)
        admitted[pc.list_parent_indices(lists).to_numpy()[holds]] = True
        return admitted


@dataclass(frozen=True)
class NoneOf:
    """The group's list in this column holds none of the values; a missing list holds none."""

    column: str
    values: tuple[str, ...]

    def mask(self, columns: pa.Table) -> Mask:
        """Bool (groups,)."""
        return ~AnyOf(self.column, self.values).mask(columns)


@dataclass(frozen=True)
class Is:
    """The group states exactly this truth value."""

    column: str
    value: bool

    def mask(self, columns: pa.Table) -> Mask:
        """Bool (groups,)."""
        return _true(pc.equal(columns[self.column], self.value))


@dataclass(frozen=True)
class AtMost:
    """The group states a number at or below this one."""

    column: str
    value: float

    def mask(self, columns: pa.Table) -> Mask:
        """Bool (groups,)."""
        return _true(pc.less_equal(columns[self.column], self.value))


@dataclass(frozen=True)
class Within:
    """The group's place lies within so many miles of this one, given in degrees."""

    place: tuple[float, float]
    miles: float

    def mask(self, columns: pa.Table) -> Mask:
        """Bool (groups,)."""
        near: Mask = self.distances(columns) <= self.miles
        return near

    def distances(self, columns: pa.Table) -> npt.NDArray[np.float64]:
        """Miles to each group, float64 (groups,), NaN where it states no place.

        The great-circle distance by the haversine formula.
        """
        lat, lon = (np.radians(columns[c].to_numpy()) for c in (LATITUDE, LONGITUDE))
        lat0, lon0 = np.radians(self.place)
        half = np.sin((lat - lat0) / 2) ** 2
        half = half + np.cos(lat) * np.cos(lat0) * np.sin((lon - lon0) / 2) ** 2
        angle: npt.NDArray[np.float64] = 2 * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
        return EARTH_RADIUS_MILES * angle


# What a column of lists is made of: half a million therapists' texts compare slowly, codes don't.
TEXTS = pa.list_(pa.dictionary(pa.int32(), pa.string()))

Condition = AnyOf | NoneOf | Is | AtMost | Within


@dataclass(frozen=True)
class Terms:
    """What a mask follows from, for an engine that filters by itself: the conditions, and the
    groups `apart`, int64 (n,), of which they don't tell when held against a version's own columns.
    """

    conditions: Sequence[Condition] = ()
    apart: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def admitted(columns: pa.Table, conditions: Iterable[Condition]) -> Mask:
    """The groups that meet every condition, bool (groups,); all of them without conditions."""
    mask = np.ones(len(columns), dtype=np.bool_)
    for condition in conditions:
        mask &= condition.mask(columns)
    return mask


def _true(values: pa.ChunkedArray) -> Mask:
    mask: Mask = pc.fill_null(values, False).to_numpy().astype(np.bool_)
    return mask
