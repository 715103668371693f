"""Rows: unit vectors in group order, of half precision, wherever they are kept."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.feather as feather

from index.errors import BadInput
from index.flat import Flat
from index.vectors import Floats, Halves, halved

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Up to so many rows are kept decoded as well (46 MB at 384 dimensions): decoding is half the cost
# of a scan. Larger directories leave them where they are kept, which several processes share.
DECODED = 30_000

VECTORS = ".faiss"  # what the name of their file ends in


class Vectors(Protocol):
    """Where vectors are kept by their numbers."""

    @property
    def width(self) -> int:
        """Of each vector."""
        ...

    def __len__(self) -> int: ...

    def take(self, numbers: Ints) -> Floats:
        """Copies of these vectors: float32 (numbers, width)."""
        ...

    def halves(self) -> Halves:
        """All vectors in order: float16 (rows, width)."""
        ...


@dataclass(frozen=True)
class Rows:
    """Vectors sorted by group, and a table with a row's `group` and the caller's own columns.

    `vectors` holds what half precision can, each row of length 1; `group` is int64 (rows,).
    `starts` is int64 (groups + 1,): group g holds the rows from starts[g] up to starts[g + 1], at
    least one.
    """

    vectors: Vectors
    table: pa.Table
    group: Ints
    starts: Ints

    @classmethod
    def of(cls, vectors: Floats | Halves, group: Ints, columns: dict[str, pa.Array]) -> "Rows":
        """Take rows in group order; groups are numbered from 0 and each has at least one row.

        `vectors` is float32 or, as `halves` and `vectors.halved` give them, float16 (rows, width).
        Raises BadInput where that is not so.
        """
        half = vectors.dtype == np.float16
        stored = (
            cast("Halves", vectors) if half else halved(cast("Floats", vectors), vectors.shape[1])
        )
        table = pa.table({"group": pa.array(group, pa.int64())} | columns)
        return cls(Flat.of(stored), table, *_spans(group, len(vectors)))

    @classmethod
    def load(cls, folder: Path, name: str, vectors: Vectors | None = None) -> "Rows":
        """Map what `save` wrote into memory; the caller has checked the files' hashes.

        `vectors` are given where they are kept elsewhere.
        """
        kept = Flat.load(folder / f"{name}{VECTORS}") if vectors is None else vectors
        table = feather.read_table(folder / f"{name}.arrow")
        group = table["group"].to_numpy()
        return cls(kept, table, *_spans(group, len(kept)))

    def save(self, folder: Path, name: str) -> None:
        """Write `name.faiss` and `name.arrow`, the same bytes for the same rows. Raises OSError."""
        here = isinstance(self.vectors, Flat)
        kept = cast("Flat", self.vectors) if here else Flat.of(self.vectors.halves())
        kept.save(folder / f"{name}{VECTORS}")
        feather.write_feather(self.table, str(folder / f"{name}.arrow"), compression="uncompressed")

    @property
    def decoding(self) -> int:
        """How many products with a row would take as long as decoding it first."""
        return 0 if len(self) <= DECODED else 8

    def __len__(self) -> int:
        return len(self.vectors)

    def take(self, numbers: Ints) -> Floats:
        """Copies of these rows' vectors: float32 (numbers, width)."""
        if self._decoded is not None:
            taken: Floats = self._decoded[numbers]
            return taken
        return self.vectors.take(numbers)

    def halves(self) -> Halves:
        """All vectors as they are stored: float16 (rows, width)."""
        return self.vectors.halves()

    def best(self, queries: Floats, groups: Ints) -> Floats:
        """Each group's highest inner product with each query.

        `queries` is float32 (queries, width), `groups` int64 (n,); returns float32 (queries, n).
        """
        products, offsets = self.products(queries, groups)
        top: Floats = np.maximum.reduceat(products, offsets, axis=0)
        return top.T

    def products(self, queries: Floats, groups: Ints) -> tuple[Floats, Ints]:
        """The inner products of these groups' rows with each query, float32 (rows, queries), one
        group after the other, and where each begins.

        Row by row, so that equal vectors get equal scores wherever they stand.
        """
        if self._decoded is not None and len(groups) == len(self.starts) - 1:
            vectors, offsets = self._decoded, self.starts[:-1]
        else:
            numbers, offsets = self.members(groups)
            vectors = self.take(numbers)
        # Not `@`: how BLAS adds up depends on where a row stands, and on its threads, which on
        # busy cores wait for one another longer than the sum takes.
        return np.vecdot(vectors[:, None, :], queries[None, :, :]), offsets

    def members(self, groups: Ints) -> tuple[Ints, Ints]:
        """The row numbers of these groups, one group after the other, and where each begins."""
        sizes = self.starts[groups + 1] - self.starts[groups]
        offsets = np.cumsum(sizes) - sizes
        numbers = np.repeat(self.starts[groups] - offsets, sizes) + np.arange(sizes.sum())
        return numbers, offsets

    @cached_property
    def _decoded(self) -> Floats | None:
        return self.vectors.halves().astype(np.float32) if len(self) <= DECODED else None


def _spans(group: Ints, rows: int) -> tuple[Ints, Ints]:
    if rows == 0 or len(group) != rows or (np.diff(group) < 0).any():
        raise BadInput("rows must name one group each, in group order")
    starts = np.searchsorted(group, np.arange(group[-1] + 2))
    if group[0] < 0 or (np.diff(starts) == 0).any():
        raise BadInput("groups must be numbered from 0, each with at least one row")
    return group, starts
