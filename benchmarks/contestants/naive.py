"""The baseline anybody would write: sentence-transformers and a flat FAISS index."""

import json
from pathlib import Path
from typing import Self

import faiss
from sentence_transformers import SentenceTransformer

from benchmarks.contestants import Answer, weights
from benchmarks.contestants.statements import documents, needed, therapists


class Contestant:
    """A model, an index of statements, and each statement's therapist."""

    def __init__(
        self, model: SentenceTransformer, index: faiss.IndexFlatIP, owners: list[str]
    ) -> None:
        self._model, self._index, self._owners = model, index, owners
        self._needed = needed(owners)

    @staticmethod
    def prepare(directory: Path, folder: Path) -> None:
        """Encode the statements and write the index."""
        docs = documents(directory)
        vectors = _model().encode([d.text for d in docs], normalize_embeddings=True)
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        faiss.write_index(index, str(folder / "statements.faiss"))
        (folder / "owners.json").write_text(json.dumps([d.therapist for d in docs]), "utf-8")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Load the model and read the index."""
        owners = json.loads((folder / "owners.json").read_text("utf-8"))
        return cls(_model(), faiss.read_index(str(folder / "statements.faiss")), owners)

    def search(self, text: str) -> Answer:
        """Encode the text, scan the index."""
        vector = self._model.encode([text], normalize_embeddings=True)
        scores, rows = self._index.search(vector, self._needed)
        owners = (self._owners[row] for row in rows[0])
        return therapists(zip(owners, scores[0].tolist(), strict=True))


def _model() -> SentenceTransformer:
    return SentenceTransformer(weights.folder(), device="cpu")
