"""Who is measured: this engine, a plain baseline, and the libraries one would otherwise take.

One module a contestant, named after it, with a class `Contestant`. Each is prepared once, untimed
and in a process of its own; then opened in a fresh process and asked one text at a time.
"""

from collections.abc import Mapping
from importlib import import_module, metadata
from pathlib import Path
from typing import Protocol, Self, cast

LIMIT = 10  # therapists an answer names, as a client's page does by default

Answer = list[tuple[str, float]]  # therapist ids with their scores, best first


class Contestant(Protocol):
    """An engine that answers a text with therapists."""

    @staticmethod
    def prepare(directory: Path, folder: Path) -> None:
        """Make in an empty folder whatever answering needs, from a directory file."""

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Get ready to answer from what `prepare` made."""

    def search(self, text: str) -> Answer:
        """The LIMIT nearest therapists, with a score made of cosines."""


# The distributions a contestant stands on: they have to be installed, and their versions are noted.
_PEER = ("numpy", "sentence-transformers", "tokenizers", "torch", "transformers")
LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "ours": ("faiss-cpu", "numpy", "onnxruntime", "pyarrow", "sentencex", "tokenizers"),
    "naive": ("faiss-cpu", *_PEER),
    "chroma": ("chromadb", *_PEER),
    "txtai": ("txtai", "faiss-cpu", "numpy", "tokenizers", "torch", "transformers"),
    "milvus_lite": ("milvus-lite", "pymilvus", "faiss-cpu", *_PEER),
    "lancedb": ("lancedb", *_PEER),
}


class NotInstalled(Exception):
    """A contestant's library is missing; the message says how to install it."""


def versions(name: str) -> dict[str, str]:
    """The versions of a contestant's libraries. Raises NotInstalled."""
    try:
        return {library: metadata.version(library) for library in LIBRARIES[name]}
    except metadata.PackageNotFoundError as error:
        raise NotInstalled(
            f"{name} needs {error.name}, which is not installed: "
            "run `pip install -c requirements.lock -e '.[bench]'`"
        ) from None


def contestant(name: str) -> type[Contestant]:
    """The class of this name, its libraries imported."""
    module = import_module(f"benchmarks.contestants.{name}")
    return cast(type[Contestant], module.Contestant)
