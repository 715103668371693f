"""The encoder a version carries: its exported graph, run by ONNX Runtime without torch."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from tokenizers import Encoding, Tokenizer

from index.errors import Damaged
from index.vectors import Floats, unit

# ONNX Runtime's Linux builds report to their maker unless this is set before they are loaded; what
# serves clients talks to nobody.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime

GRAPH, TOKENIZER, FACTS = FILES = ("model.onnx", "tokenizer.json", "encoder.json")
# Shows how far long work is: takes what comes and how many will come.
Progress = Callable[[Iterable[Floats], int], Iterable[Floats]]


class Encoder:
    """Turns one text at a time into a unit vector. Safe to call from several threads."""

    def __init__(self, folder: Path, own: str | None = None) -> None:
        """Load an encoder's files; `own` is their fingerprint where it is known already."""
        facts = json.loads((folder / FACTS).read_text("utf-8"))
        self.name: str = facts["name"]
        self.width: int = facts["width"]
        self.fingerprint = own or fingerprint(folder)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()
        # A longer text becomes several windows of this many tokens.
        self._tokenizer.enable_truncation(max_length=facts["max_tokens"], stride=0)
        options = onnxruntime.SessionOptions()
        # One thread a text: the last bits of a sum depend on how it is shared out among threads.
        # Several texts run side by side instead.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / GRAPH), options, providers=["CPUExecutionProvider"]
        )
        self._pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="encoder")

    @classmethod
    def load(cls, folder: Path, expected: str) -> "Encoder":
        """Load a version's encoder. Raises Damaged if it is not the one that made the vectors."""
        if fingerprint(folder) != expected:
            raise Damaged(f"{folder} is not the encoder that made this version: build again")
        return cls(folder, expected)

    def encode(self, text: str) -> Floats:
        """The text's vector: float32 (width,), length 1.

        A text longer than the model reads becomes the mean of its windows' vectors, each
        counted by its tokens.
        """
        first = self._tokenizer.encode(text)
        windows = [first, *first.overflowing]
        if len(windows) == 1:
            return self._forward(first)
        sizes = np.array([len(w.ids) for w in windows], dtype=np.float32)
        vectors = np.stack([self._forward(w) for w in windows])
        mean: Floats = np.einsum("w,wd->d", sizes / sizes.sum(), vectors)
        return self._unit(mean[None, :])

    def encode_all(self, texts: Sequence[str], progress: Progress | None = None) -> Floats:
        """The vectors of one text or more, one text a call: float32 (texts, width)."""
        vectors: Iterable[Floats] = self._pool.map(self.encode, texts)
        return np.stack(list(progress(vectors, len(texts)) if progress else vectors))

    def _forward(self, window: Encoding) -> Floats:
        ids = np.array([window.ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        (vector,) = self._session.run(None, feed)
        return self._unit(vector)

    def _unit(self, vector: Floats) -> Floats:
        """Float32 (1, width) to a unit vector (width,)."""
        scaled: Floats = unit(vector, self.width)[0]
        return scaled


def fingerprint(folder: Path) -> str:
    """What tells one encoder from another: a hash over its files, 64 hex digits."""
    total = hashlib.sha256()
    for name in FILES:
        with (folder / name).open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
