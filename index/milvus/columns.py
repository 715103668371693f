"""Attribute columns as a Milvus has them, and conditions on them.

Texts and places stand there as numbers, by the order of all that are stated in a version, so that
nobody's words are ever part of a condition. What isn't stated is a value that no condition asks
for, never null, for which servers know a third truth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pymilvus import DataType

from index.errors import BadInput
from index.filters import LATITUDE, LONGITUDE, AnyOf, AtMost, Condition, Is, NoneOf, Within
from index.rows import Ints

PLACE = "place"  # the number of a latitude and longitude among all there are
UNSTATED, ENDLESS = -1, float(np.finfo(np.float64).max)
LONGEST = 4_096  # numbers that an array may have
NOBODY, EVERYBODY = "group < 0", "group >= 0"


@dataclass(frozen=True)
class Columns:
    """A version's own columns, one row a group."""

    table: pa.Table

    def kinds(self) -> dict[str, dict[str, Any]]:
        """The fields of a collection, and the kind of each."""
        made: dict[str, dict[str, Any]] = {PLACE: {"datatype": DataType.INT64}}
        for name, kind in self._typed:
            column = self.table[name]
            if pa.types.is_list(kind):
                made[name] = array(pc.max(pc.list_value_length(column)).as_py() or 1)
            elif pa.types.is_boolean(kind):
                made[name] = {"datatype": DataType.INT8}
            else:
                made[name] = {"datatype": DataType.DOUBLE}
        return made

    def values(self, start: int, end: int) -> dict[str, list[Any]]:
        """What each field has for these groups."""
        made: dict[str, list[Any]] = {PLACE: self._placed[1][start:end].tolist()}
        for name, kind in self._typed:
            values = self.table[name].slice(start, end - start).to_pylist()
            if pa.types.is_list(kind):
                made[name] = [[self._said[name][value] for value in its or []] for its in values]
            elif pa.types.is_boolean(kind):
                made[name] = [UNSTATED if value is None else int(value) for value in values]
            else:
                made[name] = [ENDLESS if value is None else value for value in values]
        return made

    def told(self, condition: Condition) -> str:
        """A condition as Milvus takes it."""
        match condition:
            case AnyOf(column, values):
                numbers = self._numbers(column, values)
                return f"array_contains_any({column}, {numbers})" if numbers else NOBODY
            case NoneOf(column, values):
                numbers = self._numbers(column, values)
                return f"not array_contains_any({column}, {numbers})" if numbers else EVERYBODY
            case Is(column, value):
                return f"{column} == {int(value)}"
            case AtMost(column, value):
                return f"{column} <= {float(value)!r}"
            case Within():
                inside = np.flatnonzero(condition.mask(self._placed[0])).tolist()
                return f"{PLACE} in {inside}" if inside else NOBODY

    @property
    def _typed(self) -> list[tuple[str, pa.DataType]]:
        """All columns that conditions are held against, but those of places, and their types."""
        places = (LATITUDE, LONGITUDE)
        every = [(c.name, c.type) for c in self.table.schema if not pa.types.is_string(c.type)]
        return [(name, kind) for name, kind in every if name not in places]

    def _numbers(self, column: str, values: Sequence[str]) -> list[int]:
        known = self._said[column]
        return [known[value] for value in values if value in known]

    @cached_property
    def _said(self) -> Mapping[str, Mapping[str, int]]:
        """For each column of lists, a number for everything that is said in it."""
        made = {}
        for name, kind in self._typed:
            if pa.types.is_list(kind):
                said = pc.unique(self.table[name].combine_chunks().flatten()).cast(pa.string())
                made[name] = {value: n for n, value in enumerate(sorted(said.to_pylist()))}
        return made

    @cached_property
    def _placed(self) -> tuple[pa.Table, Ints]:
        """All places there are, and the number of each group's."""
        numbers = np.full(len(self.table), UNSTATED, dtype=np.int64)
        if LATITUDE not in self.table.column_names:
            return pa.table({}), numbers
        stated = np.stack([self.table[c].to_numpy() for c in (LATITUDE, LONGITUDE)], axis=1)
        known = ~np.isnan(stated).any(axis=1)
        places, number = np.unique(stated[known], axis=0, return_inverse=True)
        numbers[known] = number.ravel()
        return pa.table({LATITUDE: places[:, 0], LONGITUDE: places[:, 1]}), numbers


def array(most: int) -> dict[str, Any]:
    """A field of so many numbers at most. Raises BadInput for more than a server takes."""
    if most > LONGEST:
        raise BadInput(f"a group has {most:,} values in a column: Milvus takes {LONGEST:,}")
    kind = {"element_type": DataType.INT64, "max_capacity": max(1, most)}
    return {"datatype": DataType.ARRAY, **kind}
