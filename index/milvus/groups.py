"""A version's groups in a collection of a Milvus: their attribute columns, and what proposes them.

Filters are held against the columns by the server. Texts and places stand there as numbers, by the
order of all that are stated in a version, so that nobody's words are ever part of a condition. What
isn't stated is a value that no condition asks for, never null, of which servers know three truths.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pymilvus import DataType

from index.filters import LATITUDE, LONGITUDE, AnyOf, AtMost, Condition, Is, NoneOf, Terms, Within
from index.milvus.connection import Connection
from index.probes import Probe
from index.proposals import Fields, Proposals, combined, number_of_lists, padded, share_read
from index.rows import Ints, Mask
from index.words import Words

AT_ONCE = 2_000  # groups sent at a time
LISTED = 1_000  # up to so many admitted are named one by one, whatever they are admitted by
MOST = 16_384  # groups in an answer
LONGEST = 4_096  # what an array may have at most: of the words, the rarest
NOBODY, EVERYBODY = "group < 0", "group >= 0"
HELD = "held_words"
PLACE = "place"  # the number of a latitude and longitude among all there are
UNSTATED, ENDLESS = -1, float(np.finfo(np.float64).max)


@dataclass(frozen=True)
class Groups:
    """A collection of groups, one entity each. `columns` are those of the version itself."""

    connection: Connection
    name: str
    columns: pa.Table
    fields: Fields

    @classmethod
    def keep(
        cls,
        connection: Connection,
        name: str,
        columns: pa.Table,
        words: Words,
        proposals: Proposals | None,
    ) -> None:
        """Make the collection of a version's groups."""
        count = len(columns)
        if proposals is None:  # a few groups are all scored, and none has to be proposed
            vectors, kind, lists = np.zeros((count, 2), dtype=np.float32), "FLAT", 0
        else:
            # In as many lists, and as fine, as where FAISS proposes.
            vectors, kind, lists = proposals.vectors(), "IVF_SQ8", number_of_lists(count)
        told = _stored(columns)
        told[HELD] = _lists([numbers[:LONGEST].tolist() for numbers in words.by_group()])
        fields = [
            {"field_name": "group", "datatype": DataType.INT64, "is_primary": True},
            {"field_name": "vector", "datatype": DataType.FLOAT_VECTOR, "dim": vectors.shape[1]},
            *({"field_name": column, **kind} for column, (kind, _) in told.items()),
        ]
        connection.create(name, fields, kind, {"nlist": lists} if lists else None)
        for start in range(0, count, AT_ONCE):
            rows = [
                {"group": group, "vector": vectors[group]}
                | {column: values[group] for column, (_, values) in told.items()}
                for group in range(start, min(start + AT_ONCE, count))
            ]
            connection.ask("insert", name, rows)
        connection.settle(name, count)

    def nearest(
        self,
        probes: Sequence[Probe],
        asked: int,
        least: int,
        admitted: Mask,
        terms: Terms | None = None,
        holding: Ints | None = None,
    ) -> Ints:
        """As of `index.proposals.Proposing`."""
        count, total = int(admitted.sum()), len(admitted)
        if count == 0:
            return np.flatnonzero(admitted)
        query = combined(self.fields, probes, padded(sum(size for _, size in self.fields)))
        where = self.condition(admitted, terms, holding)
        number, reading = number_of_lists(total), share_read(count, total)
        while True:
            probed = min(math.ceil(reading * number), number)
            (hits,) = self.connection.ask(
                "search",
                self.name,
                data=[query],
                filter=where,
                limit=min(max(asked, least), total, MOST),
                search_params={"params": {"nprobe": probed}},
            )
            found = np.sort(np.array([hit["group"] for hit in hits], dtype=np.int64))
            # Whatever a server thinks: nobody is shown who doesn't qualify.
            found = found[admitted[found]]
            if len(found) >= min(least, count) or probed == number:
                return found
            reading *= 2

    def condition(
        self, admitted: Mask, terms: Terms | None = None, holding: Ints | None = None
    ) -> str:
        """What Milvus is to hold against each group, empty for all of them; see `Proposing`."""
        if admitted.all():
            return ""
        groups = np.flatnonzero(admitted)
        if terms is None or len(groups) <= LISTED:
            return f"group in {groups.tolist()}"
        every = [self._told(condition) for condition in terms.conditions]
        if len(terms.apart):
            every.append(f"group not in {terms.apart.tolist()}")
        told = " and ".join(f"({one})" for one in every)
        inside = terms.apart[admitted[terms.apart]]
        if len(inside):
            told = f"({told}) or group in {inside.tolist()}"
        if holding is not None:
            words = f"array_contains_any({HELD}, {holding.tolist()})"
            told = f"({told}) and {words}" if told else words
        return told

    def _told(self, condition: Condition) -> str:
        match condition:
            case AnyOf(column, values):
                numbers = self._numbered(column, values)
                return f"array_contains_any({column}, {numbers})" if numbers else NOBODY
            case NoneOf(column, values):
                numbers = self._numbered(column, values)
                return f"not array_contains_any({column}, {numbers})" if numbers else EVERYBODY
            case Is(column, value):
                return f"{column} == {int(value)}"
            case AtMost(column, value):
                return f"{column} <= {float(value)!r}"
            case Within():
                return f"{PLACE} in {np.flatnonzero(condition.mask(self._places)).tolist()}"

    def _numbered(self, column: str, values: Sequence[str]) -> list[int]:
        known = self._said[column]
        return [known[value] for value in values if value in known]

    @cached_property
    def _said(self) -> dict[str, dict[str, int]]:
        lists = [c.name for c in self.columns.schema if pa.types.is_list(c.type)]
        return {column: _said(self.columns[column]) for column in lists}

    @cached_property
    def _places(self) -> pa.Table:
        return _placed(self.columns)[0]


def _stored(columns: pa.Table) -> dict[str, tuple[dict[str, Any], Sequence[Any]]]:
    """What a collection has for each column: the kind of its field, and a value a group."""
    made: dict[str, tuple[dict[str, Any], Sequence[Any]]] = {}
    for column in columns.schema:
        values = columns[column.name].to_pylist()
        if pa.types.is_list(column.type):
            known = _said(columns[column.name])
            made[column.name] = _lists([[known[value] for value in its or []] for its in values])
        elif pa.types.is_boolean(column.type):
            truths = [UNSTATED if value is None else int(value) for value in values]
            made[column.name] = {"datatype": DataType.INT8}, truths
        elif pa.types.is_string(column.type):
            longest = max(len(value.encode()) for value in values)
            made[column.name] = {"datatype": DataType.VARCHAR, "max_length": longest}, values
        elif column.name not in (LATITUDE, LONGITUDE):
            numbers = [ENDLESS if value is None else value for value in values]
            made[column.name] = {"datatype": DataType.DOUBLE}, numbers
    if LATITUDE in columns.column_names:
        made[PLACE] = {"datatype": DataType.INT64}, _placed(columns)[1].tolist()
    return made


def _lists(values: Sequence[Any]) -> tuple[dict[str, Any], Sequence[Any]]:
    most = max(1, *map(len, values))
    kind = {"element_type": DataType.INT64, "max_capacity": most}
    return {"datatype": DataType.ARRAY, **kind}, values


def _said(column: pa.ChunkedArray) -> dict[str, int]:
    """A number for everything that is said in a column of lists."""
    said = pc.unique(column.combine_chunks().flatten()).cast(pa.string())
    return {value: number for number, value in enumerate(sorted(said.to_pylist()))}


def _placed(columns: pa.Table) -> tuple[pa.Table, Ints]:
    """All places there are, and the number of each group's, -1 where it states none."""
    stated = np.stack([columns[c].to_numpy() for c in (LATITUDE, LONGITUDE)], axis=1)
    known = ~np.isnan(stated).any(axis=1)
    places, number = np.unique(stated[known], axis=0, return_inverse=True)
    numbers = np.full(len(columns), UNSTATED, dtype=np.int64)
    numbers[known] = number.ravel()
    return pa.table({LATITUDE: places[:, 0], LONGITUDE: places[:, 1]}), numbers
