"""txtai as its documentation sets it up: an embeddings index with content, searched by SQL.

The model is given by its path, so txtai loads it with transformers and pools by itself; its
default index is a FAISS one. Content makes it keep the therapist beside each statement.
"""

from pathlib import Path
from typing import Any, Self

from txtai import Embeddings

from benchmarks.contestants import Answer, weights
from benchmarks.contestants.statements import documents, note, noted, therapists

# Without a number in similar() only as many candidates are looked at as the query limits to.
NEAREST = "select therapist, score from txtai where similar(:text, {0}) limit {0}"


class Contestant:
    """An index with its content."""

    def __init__(self, embeddings: Any, needed: int) -> None:
        self._embeddings, self._query = embeddings, NEAREST.format(needed)

    @staticmethod
    def prepare(directory: Path, folder: Path) -> None:
        """Index the statements and save."""
        docs = documents(directory)
        embeddings = Embeddings(path=weights.folder(), content=True, gpu=False)
        embeddings.index((d.number, {"text": d.text, "therapist": d.therapist}) for d in docs)
        embeddings.save(str(folder / "txtai"))
        note(folder, docs)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Load what was saved."""
        embeddings = Embeddings()
        embeddings.load(str(folder / "txtai"))
        return cls(embeddings, noted(folder))

    def search(self, text: str) -> Answer:
        """Run the query; a score is a cosine similarity."""
        rows = self._embeddings.search(self._query, parameters={"text": text})
        return therapists((row["therapist"], row["score"]) for row in rows)
