"""A version's groups in a collection of a Milvus, one entity each: what proposes them, and filters.

Whom a filter admits is found by the server, and held against what is known here.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from pymilvus import DataType

from index.filters import Terms
from index.milvus import rows as kept
from index.milvus.columns import LONGEST, Columns, array
from index.milvus.connection import Connection
from index.probes import Probe
from index.proposals import Fields, Proposals, combined, number_of_lists, padded, share_read
from index.rows import Ints, Mask, Rows
from index.words import Words

AT_ONCE, BYTES = 500, 8e6  # groups sent at a time, and of their vectors: a server takes 64 MB
LISTED = 5_000  # up to so many admitted are named one by one: quicker to tell than conditions
MOST = 16_384  # groups in an answer
HELD = "held_words"


@dataclass(frozen=True)
class Groups:
    """A collection of groups."""

    connection: Connection
    name: str
    columns: Columns
    fields: Fields

    @classmethod
    def keep(
        cls,
        connection: Connection,
        name: str,
        columns: Columns,
        words: Words,
        rows: Mapping[str, Rows],
        proposals: Proposals | None,
    ) -> None:
        """Make the collection of a version's groups."""
        count, held = len(columns.table), words.by_group()
        width, index, lists = 2, "FLAT", None  # a few groups are all scored: none is proposed
        if proposals:  # in as many lists, and as fine, as where FAISS proposes
            width, index, lists = proposals.lists.d, "IVF_SQ8", {"nlist": number_of_lists(count)}
        fields: dict[str, dict[str, Any]] = {
            "group": {"datatype": DataType.INT64, "is_primary": True},
            "vector": {"datatype": DataType.FLOAT_VECTOR, "dim": width},
            HELD: array(min(LONGEST, max(map(len, held)))) | {"mmap_enabled": True},
            **columns.kinds(),
            **{field_of(n): kept.kind(its.vectors.width, its.starts) for n, its in rows.items()},
        }
        named = [{"field_name": field, **kind} for field, kind in fields.items()]
        connection.create(name, named, index, lists)
        for start, end in _batches(rows, count):
            nowhere = np.zeros((end - start, width), dtype=np.float32)
            values: dict[str, Sequence[Any]] = {
                "group": range(start, end),
                "vector": list(proposals.vectors(start, end) if proposals else nowhere),
                HELD: [numbers[:LONGEST].tolist() for numbers in held[start:end]],
                **columns.values(start, end),
                **{field_of(n): kept.values(its, start, end) for n, its in rows.items()},
            }
            entities = zip(*values.values(), strict=True)
            sent = [dict(zip(values, entity, strict=True)) for entity in entities]
            # Not "insert", which doubles an entity where it is sent again.
            connection.ask("upsert", name, sent)
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
        every = [self.columns.told(condition) for condition in terms.conditions]
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


def _batches(rows: Mapping[str, Rows], count: int) -> Iterator[tuple[int, int]]:
    """Where some groups begin and end that are sent together."""
    sizes = np.zeros(count)
    for its in rows.values():
        sizes += np.diff(its.starts) * kept.size(its.vectors.width)
    start, held = 0, 0.0
    for group, size in enumerate(sizes.tolist()):
        if group > start and (held + size > BYTES or group - start == AT_ONCE):
            yield start, group
            start, held = group, 0.0
        held += size
    yield start, count


def field_of(rows: str) -> str:
    """The field that these rows stand in: a column may be called the same."""
    return f"rows_{rows}"
