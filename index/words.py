"""Words by the groups that hold them: an inverted index of those that are rare.

A word is known by a number here; which text it stands for is the caller's business.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.feather as feather

from index.rows import Ints, Mask
from index.vectors import Floats

Keys = npt.NDArray[np.uint64]

# A word's rarity is its inverse document frequency (Robertson and Sparck Jones) between these two,
# as 0..1: about one group in twenty holds the commonest word that counts, one in 150 one that
# counts in full. Among fewer than thirty groups no word is known to be rare.
COMMON, RARE = 3.0, 5.0
# Of rare words shared: 1 - exp(-their rarities / ENOUGH). Many together come near to 1, never past.
ENOUGH = 2.0


@dataclass(frozen=True)
class Words:
    """Which groups hold which words: keys sorted, uint64 (words,), rarity float32 (words,).

    `holders`, int32, has the groups of word n from starts[n] up to starts[n + 1]; `groups` is how
    many groups there are.
    """

    keys: Keys
    rarity: Floats
    starts: Ints
    holders: npt.NDArray[np.int32]
    groups: int
    decoding: int = 0

    @classmethod
    def of(cls, held: Sequence[Keys]) -> "Words":
        """Take each group's words, once each; those too common to count are left out."""
        every = np.concatenate(held)
        owner = np.repeat(np.arange(len(held), dtype=np.int32), [len(keys) for keys in held])
        order = np.lexsort((owner, every))
        keys, counts = np.unique(every, return_counts=True)
        known = np.log(1 + (len(held) - counts + 0.5) / (counts + 0.5))
        rarity = np.clip((known - COMMON) / (RARE - COMMON), 0, 1).astype(np.float32)
        kept = rarity > 0
        return cls(
            keys[kept],
            rarity[kept],
            np.concatenate([[0], np.cumsum(counts[kept])]),
            owner[order][np.repeat(kept, counts)],
            len(held),
        )

    @classmethod
    def load(cls, folder: Path, name: str) -> "Words":
        """Map what `save` wrote into memory; the caller has checked the file's hash."""
        table = feather.read_table(folder / f"{name}.arrow")
        lists = table["holders"].combine_chunks()
        keys, rarity = (table[column].to_numpy() for column in ("key", "rarity"))
        groups = int(table.schema.metadata[b"groups"])
        starts = lists.offsets.to_numpy().astype(np.int64)
        return cls(keys, rarity, starts, lists.values.to_numpy(), groups)

    def save(self, folder: Path, name: str) -> None:
        """Write `name.arrow`, the same bytes for the same words. Raises OSError."""
        lists = pa.ListArray.from_arrays(pa.array(self.starts, pa.int32()), pa.array(self.holders))
        table = pa.table({"key": self.keys, "rarity": self.rarity, "holders": lists})
        table = table.replace_schema_metadata({"groups": str(self.groups)})
        feather.write_feather(table, str(folder / f"{name}.arrow"), compression="uncompressed")

    def __len__(self) -> int:
        return self.groups

    def best(self, queries: npt.NDArray[np.uint64], groups: Ints) -> Floats:
        """How much of each query's rare words each group holds, 0..1: float32 (queries, n).

        `queries` is uint64 (queries, words), `groups` int64 (n,).
        """
        shared = np.stack([self._shared(words) for words in queries])[:, groups]
        scores: Floats = 1 - np.exp(-shared / np.float32(ENOUGH))
        return scores

    def holding(self, words: Keys) -> Mask:
        """Who holds any of the words that count: bool (groups,)."""
        holds: Mask = self._shared(words) > 0
        return holds

    def numbers(self, words: Keys) -> Ints:
        """The numbers of those of the words that count, int64, sorted; unknown ones have none."""
        places = np.searchsorted(self.keys, words)
        inside = places < len(self.keys)
        places, words = places[inside], words[inside]
        return np.unique(places[self.keys[places] == words])

    def by_group(self) -> list[Ints]:
        """The numbers of the words that each group holds, int64, the rarest first."""
        numbers = np.repeat(np.arange(len(self.keys)), np.diff(self.starts))
        order = np.lexsort((-self.rarity[numbers], self.holders))
        ends = np.cumsum(np.bincount(self.holders, minlength=self.groups))
        return np.split(numbers[order], ends[:-1])

    def _shared(self, words: Keys) -> Floats:
        """The rarities of the words that each group holds, added up: float32 (groups,)."""
        total = np.zeros(self.groups, dtype=np.float32)
        places = np.searchsorted(self.keys, words)
        for place, word in zip(places.tolist(), words, strict=True):
            if place < len(self.keys) and self.keys[place] == word:
                holders = self.holders[self.starts[place] : self.starts[place + 1]]
                total[holders] += self.rarity[place]
        return total
