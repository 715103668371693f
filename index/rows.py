"""Rows: unit vectors in group order, searched by FAISS."""

import errno
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.feather as feather

from index.errors import BadInput
from index.vectors import Floats, unit

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Vectors sorted by group, and a table with a row's `group` and the caller's own columns.

    `flat` holds float32 (rows, width), each row of length 1; `group` is int64 (rows,). `starts`
    is int64 (groups + 1,): group g holds the rows from starts[g] up to starts[g + 1], at least one.
    """

    flat: faiss.IndexFlatIP
    table: pa.Table
    group: Ints
    starts: Ints

    @classmethod
    def of(cls, vectors: Floats, group: Ints, columns: dict[str, pa.Array]) -> "Rows":
        """Take rows in group order; groups are numbered from 0 and each has at least one row.

        Raises BadInput where that is not so.
        """
        flat = faiss.IndexFlatIP(vectors.shape[1])
        flat.add(unit(vectors, vectors.shape[1]))
        table = pa.table({"group": pa.array(group, pa.int64())} | columns)
        return cls(flat, table, *_spans(group, len(vectors)))

    @classmethod
    def load(cls, folder: Path, name: str) -> "Rows":
        """Read what `save` wrote; the caller has checked the files' hashes."""
        flat = faiss.read_index(str(folder / f"{name}.faiss"))
        table = feather.read_table(folder / f"{name}.arrow")
        group = table["group"].to_numpy()
        return cls(flat, table, *_spans(group, flat.ntotal))

    def save(self, folder: Path, name: str) -> None:
        """Write `name.faiss` and `name.arrow`, the same bytes for the same rows. Raises OSError."""
        try:
            faiss.write_index(self.flat, str(folder / f"{name}.faiss"))
        except RuntimeError as error:  # FAISS's way of saying that the disk is full
            raise OSError(errno.EIO, f"{name}.faiss could not be written") from error
        feather.write_feather(self.table, str(folder / f"{name}.arrow"), compression="uncompressed")

    def take(self, numbers: Ints) -> Floats:
        """Copies of these rows' vectors: float32 (numbers, width)."""
        width = self.flat.d
        # A view of FAISS's own memory, which must not outlive the index: it stays in here.
        stored = faiss.rev_swig_ptr(self.flat.get_xb(), self.flat.ntotal * width)
        taken: Floats = stored.reshape(-1, width)[numbers]
        return taken

    def nearest(self, queries: Floats, n: int, rows: Mask | None) -> tuple[Floats, Ints]:
        """The n rows nearest to each query, best first: scores and row numbers, (queries, n).

        `rows` admits rows, bool (rows,); None admits all. Where fewer than n are admitted the
        rest is filled with row -1.
        """
        parameters = None
        if rows is not None:
            bits = np.packbits(rows, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
            parameters = faiss.SearchParameters(sel=selector)
        scores, found = self.flat.search(queries, n, params=parameters)
        return scores, found

    def best(self, query: Floats, groups: Ints) -> tuple[Floats, Ints]:
        """Each group's highest inner product with the query, and the row that has it.

        `query` is float32 (width,), `groups` int64 (n,); returns float32 (n,) and int64 (n,).
        Row by row, so that equal vectors get equal scores wherever they stand.
        """
        numbers, offsets = self.members(groups)
        scores = np.einsum("rw,w->r", self.take(numbers), query)
        top = np.maximum.reduceat(scores, offsets)
        sizes = np.diff(np.append(offsets, len(numbers)))
        hits = np.flatnonzero(scores == np.repeat(top, sizes))
        first = hits[np.searchsorted(hits, offsets)]
        return top, numbers[first]

    def members(self, groups: Ints) -> tuple[Ints, Ints]:
        """The row numbers of these groups, one group after the other, and where each begins."""
        sizes = self.starts[groups + 1] - self.starts[groups]
        offsets = np.cumsum(sizes) - sizes
        numbers = np.repeat(self.starts[groups] - offsets, sizes) + np.arange(sizes.sum())
        return numbers, offsets


def _spans(group: Ints, rows: int) -> tuple[Ints, Ints]:
    if rows == 0 or len(group) != rows or (np.diff(group) < 0).any():
        raise BadInput("rows must name one group each, in group order")
    starts = np.searchsorted(group, np.arange(group[-1] + 2))
    if group[0] < 0 or (np.diff(starts) == 0).any():
        raise BadInput("groups must be numbered from 0, each with at least one row")
    return group, starts
