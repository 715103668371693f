"""Proposals: the groups that are probably best, found without scoring all rows.

All that is known of a group as numbers stands in one vector, so that one inner product comes near
to the whole score.
"""

import errno
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import faiss
import numpy as np

from index.filters import Terms
from index.probes import Probe
from index.rows import Ints, Mask
from index.vectors import Floats

# How groups are cut into lists: about 2.5 sqrt(groups) of them, found on a part of the groups.
LISTS, TRAINING, ROUNDS = 2.5, 64, 10
# A search reads this share of the lists, those nearest to the query, and about so many groups at
# least. The more groups a filter keeps out, the farther apart the rest lie, and the more lists are
# read. `benchmarks.scale` shows how much of the exact answer is found so.
READ, SPREAD, READ_GROUPS = 0.06, 0.3, 6_000
FILE = "proposals.faiss"
LANES = 16  # FAISS reads 8-bit components side by side only where their number is a multiple

# For each field that groups are proposed by, what a step in the product is worth; and the width.
Fields = Sequence[tuple[Mapping[str, float], int]]


class Proposing(Protocol):
    """Finds the groups that are probably best without scoring all rows."""

    def nearest(
        self,
        probes: Sequence[Probe],
        asked: int,
        least: int,
        admitted: Mask,
        terms: Terms | None = None,
        holding: Ints | None = None,
    ) -> Ints:
        """So many admitted groups if they lie near, or at least `least`, or all: sorted, int64
        (groups,).

        `admitted` is bool (groups,). It follows from `terms` and, if `holding` is given, from who
        holds one of the words of these numbers: for what filters by itself.
        """
        ...


@dataclass(frozen=True)
class Proposals:
    """Groups, in lists of those that lie near one another.

    `lists` is FAISS's inverted file over the groups' vectors, in 8 bits a component. `fields` says
    which fields' probes are held against how many of the components, one after the other; for each
    field, what a step in the product is worth in the field's own score.
    """

    lists: faiss.IndexIVFScalarQuantizer
    fields: Fields

    @classmethod
    def of(cls, known: Sequence[tuple[Mapping[str, float], Floats]]) -> "Proposals":
        """Cut the groups into lists, the same for the same vectors.

        `known` has one vector a group, float32 (groups, width), for the fields that it stands for.
        """
        fields = [(slopes, vectors.shape[1]) for slopes, vectors in known]
        count, own = len(known[0][1]), sum(size for _, size in fields)
        width = padded(own)
        spare = np.zeros((1, width - own), dtype=np.float32)
        number = number_of_lists(count)

        def taken(groups: Ints | slice) -> Floats:
            parts = [vectors[groups] for _, vectors in known]
            return np.concatenate([*parts, spare.repeat(len(parts[0]), axis=0)], axis=1)

        coarse = faiss.IndexFlatIP(width)
        bits = faiss.ScalarQuantizer.QT_8bit
        by_residual = False  # so that one table decodes the codes of every list
        lists = faiss.IndexIVFScalarQuantizer(
            coarse, width, number, bits, faiss.METRIC_INNER_PRODUCT, by_residual
        )
        lists.cp.niter, lists.cp.seed, lists.cp.min_points_per_centroid = ROUNDS, 1, 1
        picked = np.random.default_rng(1).choice(count, min(count, TRAINING * number), False)
        lists.train(taken(np.sort(picked)))
        for start in range(0, count, 100_000):
            lists.add(taken(slice(start, start + 100_000)))
        return cls(lists, fields)

    def vectors(self, start: int, end: int) -> Floats:
        """These groups' vectors as the lists have them: float32 (end - start, width)."""
        if self.lists.direct_map.type == faiss.DirectMap.NoMap:
            self.lists.make_direct_map()
        vectors: Floats = self.lists.reconstruct_n(start, end - start)
        return vectors

    @staticmethod
    def saved(folder: Path) -> bool:
        """Whether `save` wrote some."""
        return (folder / FILE).is_file()

    @classmethod
    def load(cls, folder: Path, fields: Fields) -> "Proposals":
        """Map what `save` wrote into memory; the caller has checked the file's hash."""
        return cls(faiss.read_index(str(folder / FILE), faiss.IO_FLAG_MMAP_IFC), fields)

    def save(self, folder: Path) -> None:
        """Write the lists. Raises OSError."""
        try:
            faiss.write_index(self.lists, str(folder / FILE))
        except RuntimeError as error:  # FAISS's way of saying that the disk is full
            raise OSError(errno.EIO, f"{FILE} could not be written") from error

    def nearest(
        self,
        probes: Sequence[Probe],
        asked: int,
        least: int,
        admitted: Mask,
        terms: Terms | None = None,
        holding: Ints | None = None,
    ) -> Ints:
        """As of `Proposing`; here the mask alone tells all."""
        query = combined(self.fields, probes, self.lists.d)
        faiss.omp_set_num_threads(1)  # several searches run side by side instead
        count, total = int(admitted.sum()), len(admitted)
        reading = share_read(count, total)
        asked = max(asked, least)
        selector = None
        if count < total:
            selector = faiss.IDSelectorBitmap(np.packbits(admitted, bitorder="little"))
        while True:
            probed = min(math.ceil(reading * self.lists.nlist), self.lists.nlist)
            parameters = faiss.SearchParametersIVF(nprobe=probed, sel=selector)
            _, groups = self.lists.search(query[None, :], min(asked, total), params=parameters)
            found: Ints = np.sort(groups[groups >= 0])
            if len(found) >= min(least, count) or probed == self.lists.nlist:
                return found
            reading *= 2


def combined(fields: Fields, probes: Sequence[Probe], width: int) -> Floats:
    """What the groups' vectors are held against, float32 (width,): for each of their components
    its fields' probes times their weights, summed up; zeros at the end.
    """
    query, start = np.zeros(width), 0
    for slopes, size in fields:
        for probe in probes:
            if probe.field in slopes:
                query[start : start + size] += slopes[probe.field] * probe.weight * probe.vector
        start += size
    return query.astype(np.float32)


def padded(width: int) -> int:
    """The width of groups' vectors that have so many components."""
    return width + -width % LANES


def number_of_lists(groups: int) -> int:
    """How many lists so many groups are cut into."""
    return max(1, int(LISTS * groups**0.5))


def share_read(count: int, total: int) -> float:
    """The share of the lists to read first where so many of all groups are admitted."""
    return float(max(READ / (max(count, 1) / total) ** SPREAD, READ_GROUPS / total))
