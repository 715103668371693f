"""Texts to rows of vectors at build: each text once, and only those not encoded before."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa

from index.rows import Rows
from index.vectors import Halves, halved
from matcher.contents import Contents
from matcher.cutting import DIGEST
from matcher.encoder import Encoder, Progress


class Encoding:
    """Knows the vectors of texts by the texts' digests; `encoded` counts those made here."""

    def __init__(self, encoder: Encoder, progress: Progress | None) -> None:
        self.encoder, self.progress = encoder, progress
        self.known: dict[bytes, int] = {}  # where in the pool a text's vector is
        self._blocks: list[Halves] = []
        self.encoded = 0

    def take_over(self, live: Contents) -> None:
        """Take the vectors of a version that the same encoder made, byte for byte."""
        for rows in (*live.texts.values(), live.topics):
            self._add(rows.table["text"].to_pylist(), rows.halves())

    def _add(self, digests: Iterable[bytes], vectors: Halves) -> None:
        first = sum(map(len, self._blocks))
        self.known |= zip(digests, range(first, first + len(vectors)), strict=True)
        self._blocks.append(vectors)

    def learn(self, texts: Mapping[bytes, str]) -> None:
        """Encode the texts that are not known yet, given by their digests."""
        new = {digest: text for digest, text in texts.items() if digest not in self.known}
        if new:
            vectors = self.encoder.encode_all(list(new.values()), self.progress)
            self._add(new, halved(vectors, self.encoder.width))
            self.encoded += len(new)

    def rows(self, texts: Sequence[bytes], group: Iterable[int], **columns: Iterable[int]) -> Rows:
        """Rows for texts that were learnt, in group order, each marked with its text's digest."""
        table = {name: pa.array(list(values), pa.int64()) for name, values in columns.items()}
        table["text"] = pa.array(texts, pa.binary(DIGEST))
        numbers = np.fromiter((self.known[digest] for digest in texts), np.int64, len(texts))
        if len(self._blocks) > 1:
            self._blocks = [np.concatenate(self._blocks)]
        return Rows.of(self._blocks[0][numbers], np.fromiter(group, dtype=np.int64), table)
