"""The encoder a version carries: its exported graph, run by ONNX Runtime without torch."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from index.rows import Ints
from index.vectors import Floats, unit
from matcher.passages import Span
from matcher.runtime import session

GRAPH, WORDS, TOKENIZER, FACTS = FILES = (
    "model.onnx",
    "words.npy",
    "tokenizer.json",
    "encoder.json",
)
# Shows how far long work is: takes what comes and how many will come.
Progress = Callable[[Iterable[Floats], int], Iterable[Floats]]
# Tokens of a client's text that are read at once. Shorter than what the model takes: attention
# costs the square of the length, and windows are read side by side. Client texts in windows of
# 128 are matched as well as in those of 256 (`benchmarks.fidelity`), statements are not.
ASKED = 128


@dataclass(frozen=True)
class Window:
    """What goes through the model in one pass: token ids, int64 (tokens,).

    `places` is int64 (own, 2): the code points that the window's own tokens stand for, which lie
    between `before` and `after` tokens that the model wants around them.
    """

    ids: Ints
    places: Ints
    before: int

    def own(self, output: Floats) -> Floats:
        """What came out for its own tokens: float32 (own, width) of (tokens, width)."""
        return output[self.before : self.before + len(self.places)]


class Encoder:
    """Turns one text at a time into unit vectors. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Load an encoder's files."""
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        self.name: str = facts["name"]
        self.width: int = facts["width"]
        self.fingerprint = fingerprint(folder)
        self._mean = facts["pooling"] == "mean"
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        letter = self._tokenizer.encode("a")
        self._before = letter.special_tokens_mask.index(0)
        self._after = letter.special_tokens_mask[::-1].index(0)
        around = self._before + self._after
        self._most: int = facts["max_tokens"] - around
        self._asked = min(ASKED, facts["max_tokens"]) - around
        # The words' own vectors, float16 (tokens known, width), stay on disk: half of the model,
        # of which a text needs some seventy rows, and which several workers can share.
        self._words = np.load(folder / WORDS, mmap_mode="r")
        # Its fused kernel takes three times as long as the two it stands for.
        self._session = session(str(folder / GRAPH), without=["SkipLayerNormFusion"])
        cores = os.cpu_count() or 1
        self._texts = ThreadPoolExecutor(cores, thread_name_prefix="texts")
        self._windows = ThreadPoolExecutor(cores, thread_name_prefix="windows")

    def encode(self, text: str) -> Floats:
        """The text's vector: float32 (width,), length 1.

        A text longer than the model reads is cut into even windows and becomes the mean of their
        vectors, each counted by its tokens.
        """
        return self._read(text, (), self._most)[0]

    def encode_spans(self, text: str, spans: Sequence[Span]) -> tuple[Floats, Floats]:
        """A client's text and each of its spans as vectors: float32 (width,), (spans, width).

        One pass gives them all: a span's vector is the mean over its tokens, read in the whole
        text. A model that was not trained to be read so (pooling "cls") takes a pass for each.
        """
        return self._read(text, spans, self._asked)

    def _read(self, text: str, spans: Sequence[Span], most: int) -> tuple[Floats, Floats]:
        """The vectors of a text read in windows of so many tokens at most."""
        windows = self._cut(text, most)
        if len(windows) == 1:
            outputs = [self._forward(windows[0])]
        else:
            outputs = list(self._windows.map(self._forward, windows))
        sizes = np.array([len(output) for output in outputs], dtype=np.float32)
        pooled = [output.mean(axis=0) if self._mean else output[0] for output in outputs]
        whole = pooled[0]
        if len(windows) > 1:
            vectors = unit(np.stack(pooled), self.width)
            whole = np.einsum("w,wd->d", sizes / sizes.sum(), vectors)
        if not self._mean:
            parts = [self.encode(span.of(text)) for span in spans]
        else:
            tokens = np.concatenate(
                [w.own(output) for w, output in zip(windows, outputs, strict=True)]
            )
            places = np.concatenate([window.places for window in windows])
            parts = [_mean(tokens, places, span, whole) for span in spans]
        made = unit(np.stack([whole, *parts]), self.width)
        return made[0], made[1:]

    def encode_all(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """The vectors of one text or more, one text a call: float32 (texts, width)."""
        vectors: Iterable[Floats] = self._texts.map(self.encode, texts)
        return np.stack(list(progress(vectors, len(texts)) if progress else vectors))

    def encode_clients(
        self, texts: Sequence[str], spans: Sequence[Sequence[Span]]
    ) -> list[tuple[Floats, Floats]]:
        """Client's texts, each with its spans, as `encode_spans` has them."""
        return list(self._texts.map(self.encode_spans, texts, spans))

    def _cut(self, text: str, most: int) -> list[Window]:
        """The text's windows, as even as can be; nearly every text has one."""
        found = self._tokenizer.encode(text)
        ids, places = np.array(found.ids), np.array(found.offsets).reshape(-1, 2)
        first, last = self._before, len(ids) - self._after
        count = max(1, math.ceil((last - first) / most))
        edges = np.linspace(first, last, count + 1).round().astype(int).tolist()
        return [
            Window(
                np.concatenate([ids[:first], ids[start:end], ids[last:]]),
                places[start:end],
                first,
            )
            for start, end in pairwise(edges)
        ]

    def _forward(self, window: Window) -> Floats:
        """One pass through the model: float32 (tokens, width)."""
        words = self._words[window.ids].astype(np.float32)
        (tokens,) = self._session.run(None, {"words": words[None]})
        output: Floats = tokens[0]
        return output


def _mean(tokens: Floats, places: Ints, span: Span, whole: Floats) -> Floats:
    """The mean of a span's tokens; where it has none, as a line of spaces, that of the text."""
    first = np.searchsorted(places[:, 1], span.start, side="right")
    last = np.searchsorted(places[:, 0], span.end, side="left")
    mean: Floats = tokens[first:last].mean(axis=0) if first < last else whole
    return mean


def fingerprint(folder: Path) -> str:
    """What tells one encoder from another: a hash over its files, 64 hex digits."""
    total = hashlib.sha256()
    for name in FILES:
        with (folder / name).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
