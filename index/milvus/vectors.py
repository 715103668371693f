"""Vectors in a collection of a Milvus, looked up by their numbers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pymilvus import DataType

from index.errors import Damaged
from index.milvus.connection import Connection
from index.rows import Ints, Vectors
from index.vectors import Floats, Halves

AT_ONCE = 4_000  # vectors sent or asked for at a time: 6 MB at 384 dimensions


@dataclass(frozen=True)
class Collected:
    """A collection as no more than where vectors lie: searches score what they look up here.

    Milvus Lite knows no half precision, so that they lie there as float32; what they are rounded
    to is the same.
    """

    connection: Connection
    name: str

    @classmethod
    def keep(cls, connection: Connection, name: str, vectors: Vectors) -> None:
        """Make a collection of vectors."""
        fields = [
            {"field_name": "row", "datatype": DataType.INT64, "is_primary": True},
            # Read from the disk where a server can: each search looks up few.
            {
                "field_name": "vector",
                "datatype": DataType.FLOAT_VECTOR,
                "dim": vectors.width,
                "mmap_enabled": True,
            },
        ]
        connection.create(name, fields)
        for start in range(0, len(vectors), AT_ONCE):
            numbers = np.arange(start, min(start + AT_ONCE, len(vectors)))
            taken = zip(numbers.tolist(), vectors.take(numbers), strict=True)
            connection.ask("insert", name, [{"row": row, "vector": v} for row, v in taken])
        connection.settle(name, len(vectors))

    @cached_property
    def width(self) -> int:
        """Of each vector."""
        return int(self.take(np.zeros(1, dtype=np.int64)).shape[1])

    @cached_property
    def _rows(self) -> int:
        return self.connection.count(self.name)

    def __len__(self) -> int:
        return self._rows

    def take(self, numbers: Ints) -> Floats:
        """Copies of these vectors: float32 (numbers, width). Raises Away, or Damaged."""
        if len(numbers) == 0:
            return np.empty((0, self.width), dtype=np.float32)
        asked = np.unique(numbers)
        parts = [self._read(asked[at : at + AT_ONCE]) for at in range(0, len(asked), AT_ONCE)]
        taken: Floats = np.concatenate(parts)[np.searchsorted(asked, numbers)]
        return taken

    def halves(self) -> Halves:
        """All vectors in order: float16 (rows, width)."""
        starts = range(0, len(self), AT_ONCE)
        ranges = (np.arange(start, min(start + AT_ONCE, len(self))) for start in starts)
        return np.concatenate([self._read(numbers).astype(np.float16) for numbers in ranges])

    def _read(self, numbers: Ints) -> Floats:
        """The vectors of these numbers, which are sorted, each there once."""
        ids = numbers.tolist()
        found = self.connection.ask(
            "query", self.name, ids=ids, output_fields=["vector"], strict_float32=True
        )
        by_row = {row["row"]: row["vector"] for row in found}
        if len(by_row) < len(ids):
            raise Damaged(f"{self.name} in {self.connection.address} lacks vectors: build again")
        return np.stack([by_row[row] for row in ids]).astype(np.float32, copy=False)
