"""Phrases: runs of one to three words, and what each of them speaks for.

A logistic regression over the phrases of a text, each counted by its rarity (tf-idf). It reads
from the words what a vector of the whole text blurs: who does what to whom.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import Missing
from index.vectors import Floats

WORD = re.compile(r"[\w']+")
APOSTROPHES = str.maketrans("’‘´`ʼ′＇", "'" * 7)
LONGEST = 3  # words; runs of four change nothing
FEWEST = 2  # lines that a phrase stands in, else it is left out
PENALTY = 0.25  # of the weights; between half and twice that, what is heard hardly changes

Hashes = npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Phrases:
    """Known phrases by their hashes, uint32 (phrases,) in order, with the rarity and the weight of
    each, float32 (phrases, 2); `offset` is what a text without any of them speaks for.
    """

    hashes: Hashes
    numbers: Floats
    offset: float

    def score(self, text: str) -> float:
        """How much a text speaks for what was learnt, as log odds."""
        asked = hashed(text)
        places = np.minimum(np.searchsorted(self.hashes, asked), len(self.hashes) - 1)
        rarity, weight = self.numbers[places[self.hashes[places] == asked]].T
        length = float(np.sqrt(rarity @ rarity))
        return self.offset + (float(rarity @ weight) / length if length else 0.0)

    @classmethod
    def fit(cls, texts: Sequence[str], wanted: npt.NDArray[np.bool_]) -> "Phrases":
        """Learn which texts are wanted, bool (texts,). Raises Missing without the extra `build`."""
        try:
            from scipy.sparse import csr_array
            from sklearn.linear_model import LogisticRegression
            from sklearn.preprocessing import normalize
        except ImportError:
            raise Missing("fitting the alarm needs the extra `build`: run `make install`") from None
        said = [hashed(text) for text in texts]
        found, counts = np.unique(np.concatenate(said), return_counts=True)
        known, held = found[counts >= FEWEST], counts[counts >= FEWEST]
        rarity = 1 + np.log((1 + len(texts)) / (1 + held))
        columns = np.searchsorted(known, np.concatenate(said)).clip(max=len(known) - 1)
        kept = known[columns] == np.concatenate(said)
        places = columns[kept]
        rows = np.repeat(np.arange(len(said)), [len(one) for one in said])[kept]
        shape = (len(texts), len(known))
        made: Any = normalize(csr_array((rarity[places], (rows, places)), shape=shape))
        learner = LogisticRegression(C=1 / PENALTY, max_iter=1000).fit(made, wanted)
        numbers = np.column_stack([rarity, learner.coef_[0]]).astype(np.float32)
        return cls(known, numbers, float(learner.intercept_[0]))


def hashed(text: str) -> Hashes:
    """The hashes of a text's phrases, uint32, in order, each once."""
    words = WORD.findall(text.casefold().translate(APOSTROPHES))
    runs = {
        " ".join(words[start : start + size])
        for size in range(1, LONGEST + 1)
        for start in range(len(words) - size + 1)
    }
    return np.array(sorted({zlib.crc32(run.encode()) for run in runs}), dtype=np.uint32)
