"""Rows in a version's collection: those of a group stand in its own entity, to be looked up.

A search looks up all rows of some hundreds of groups. As entities of their own they would be ten
times as many, in single precision; so they are text, in half precision, as they were made.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from pymilvus import DataType

from index.errors import Damaged
from index.milvus.connection import Connection
from index.rows import Ints, Rows
from index.vectors import Floats, Halves

AT_ONCE = 500  # groups asked for at a time: some 5 MB
PIECE = 32_768  # bytes of vectors in an element, which may have 64 KB as base64


@dataclass(frozen=True)
class Kept:
    """The vectors of one field; `starts` is int64 (groups + 1,), as in `index.rows.Rows`."""

    connection: Connection
    collection: str
    field: str
    width: int
    starts: Ints

    def __len__(self) -> int:
        return int(self.starts[-1])

    def take(self, numbers: Ints) -> Floats:
        """Copies of these vectors: float32 (numbers, width). Raises Away, or Damaged."""
        owners = np.searchsorted(self.starts, numbers, side="right") - 1
        groups, places = np.unique(owners, return_inverse=True)
        sizes = self.starts[groups + 1] - self.starts[groups]
        begins = np.cumsum(sizes) - sizes
        halves = self._read(groups)[begins[places] + numbers - self.starts[owners]]
        taken: Floats = halves.astype(np.float32)
        return taken

    def halves(self) -> Halves:
        """All vectors in order: float16 (rows, width)."""
        return self._read(np.arange(len(self.starts) - 1))

    def _read(self, groups: Ints) -> Halves:
        """All vectors of these groups, one group after the other."""
        read = [np.empty((0, self.width), dtype=np.float16)]
        for start in range(0, len(groups), AT_ONCE):
            asked = groups[start : start + AT_ONCE].tolist()
            found = self.connection.ask(
                "query", self.collection, ids=asked, output_fields=[self.field]
            )
            told = {row["group"]: row[self.field] for row in found}
            read += [self._decoded(group, told.get(group)) for group in asked]
        return np.concatenate(read)

    def _decoded(self, group: int, pieces: Sequence[str] | None) -> Halves:
        shape = int(self.starts[group + 1] - self.starts[group]), self.width
        try:
            content = b"".join(map(base64.b64decode, pieces or ()))
            return np.frombuffer(content, np.float16).reshape(shape)
        except ValueError:
            told = f"{self.collection} in {self.connection.address} lacks rows: build again"
            raise Damaged(told) from None


def size(width: int) -> float:
    """Bytes of a vector of this width, as base64."""
    return width * np.dtype(np.float16).itemsize * 4 / 3


def kind(width: int, starts: Ints) -> dict[str, Any]:
    """The kind of field that takes groups' rows of this width."""
    most = int(np.diff(starts).max()) * width * np.dtype(np.float16).itemsize
    return {
        "datatype": DataType.ARRAY,
        "element_type": DataType.VARCHAR,
        "max_capacity": -(-most // PIECE),
        "max_length": 65_535,
        "mmap_enabled": True,  # read from the disk where a server can: a search looks up few
    }


def values(rows: Rows, start: int, end: int) -> list[list[str]]:
    """What the field has for each of these groups."""
    numbers, _ = rows.members(np.arange(start, end))
    halves = rows.vectors.take(numbers).astype(np.float16)
    cuts = rows.starts[start : end + 1] - rows.starts[start]
    return [_encoded(halves[first:last]) for first, last in pairwise(cuts.tolist())]


def _encoded(vectors: Halves) -> list[str]:
    content = vectors.tobytes()
    pieces = range(0, len(content), PIECE)
    return [base64.b64encode(content[at : at + PIECE]).decode() for at in pieces]
