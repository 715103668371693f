"""Proposals: the groups that are probably nearest to one vector, found without scoring all rows."""

import errno
import math
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from index.rows import Ints, Mask, Rows
from index.vectors import Floats

# How rows are cut into lists: about 2.5 sqrt(rows) of them, found on a part of the rows.
LISTS, TRAINING, ROUNDS = 2.5, 64, 10
# A search reads this share of the lists, those nearest to the query, and about so many rows at
# least. The more rows a filter keeps out, the farther apart the rest lie, and the more lists are
# read. `benchmarks.scale` shows how much of the exact answer is found so.
READ, SPREAD, READ_ROWS = 0.06, 0.3, 30_000
# Rows that are asked for, and for each group that has to be found: others than the nearest to one
# vector may be the best by all.
ASKED, ASKED_EACH = 400, 16


@dataclass(frozen=True)
class Proposals:
    """One field's rows, in lists of those that lie near one another.

    `lists` is FAISS's inverted file over the rows' vectors, in 8 bits a component.
    """

    rows: Rows
    lists: faiss.IndexIVFScalarQuantizer

    @classmethod
    def of(cls, rows: Rows) -> "Proposals":
        """Cut the rows into lists; the same for the same rows."""
        count, width = len(rows), rows.flat.d
        number = max(1, int(LISTS * count**0.5))
        coarse = faiss.IndexFlatIP(width)
        bits = faiss.ScalarQuantizer.QT_8bit
        by_residual = False  # so that one table decodes the codes of every list
        lists = faiss.IndexIVFScalarQuantizer(
            coarse, width, number, bits, faiss.METRIC_INNER_PRODUCT, by_residual
        )
        lists.cp.niter, lists.cp.seed, lists.cp.min_points_per_centroid = ROUNDS, 1, 1
        picked = np.random.default_rng(1).choice(count, min(count, TRAINING * number), False)
        lists.train(rows.take(np.sort(picked)))
        for start in range(0, count, 100_000):
            lists.add(rows.take(np.arange(start, min(start + 100_000, count))))
        return cls(rows, lists)

    @staticmethod
    def saved(folder: Path, name: str) -> bool:
        """Whether `save` wrote such a field."""
        return (folder / f"{name}.lists.faiss").is_file()

    @classmethod
    def load(cls, folder: Path, name: str, rows: Rows) -> "Proposals":
        """Map what `save` wrote into memory; the caller has checked the file's hash."""
        path = folder / f"{name}.lists.faiss"
        return cls(rows, faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, folder: Path, name: str) -> None:
        """Write `name.lists.faiss`. Raises OSError."""
        try:
            faiss.write_index(self.lists, str(folder / f"{name}.lists.faiss"))
        except RuntimeError as error:  # FAISS's way of saying that the disk is full
            raise OSError(errno.EIO, f"{name}.lists.faiss could not be written") from error

    def nearest(self, query: Floats, least: int, admitted: Mask) -> Ints:
        """At least so many admitted groups, or all of them: sorted, int64 (groups,).

        `query` is float32 (width,), `admitted` is bool (groups,).
        """
        faiss.omp_set_num_threads(1)  # several searches run side by side instead
        count = int(admitted.sum())
        share = max(count, 1) / len(admitted)
        reading = max(READ / share**SPREAD, READ_ROWS / len(self.rows))
        asked = max(ASKED, ASKED_EACH * least)
        selector = None
        if count < len(admitted):
            bits = np.packbits(admitted[self.rows.group], bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)
        while True:
            probed = min(math.ceil(reading * self.lists.nlist), self.lists.nlist)
            parameters = faiss.SearchParametersIVF(nprobe=probed, sel=selector)
            _, numbers = self.lists.search(
                query[None, :], min(asked, len(self.rows)), params=parameters
            )
            found = np.unique(self.rows.group[numbers[numbers >= 0]])
            whole = probed == self.lists.nlist and asked >= len(self.rows)
            if len(found) >= min(least, count) or whole:
                return found
            reading, asked = 2 * reading, 4 * asked
