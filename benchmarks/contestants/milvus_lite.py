"""Milvus Lite as its quick start sets it up: a local .db file behind the Milvus client.

Vectors come from sentence-transformers; a collection made from a dimension alone compares by
cosine and chooses its index itself.
"""

from pathlib import Path
from typing import Any, Self

from pymilvus import MilvusClient
from sentence_transformers import SentenceTransformer

from benchmarks.contestants import Answer, weights
from benchmarks.contestants.statements import documents, note, noted, therapists

NAME = "statements"


class Contestant:
    """A client with its collection loaded, and the model."""

    def __init__(self, client: Any, model: SentenceTransformer, needed: int) -> None:
        self._client, self._model, self._needed = client, model, needed

    @staticmethod
    def prepare(directory: Path, folder: Path) -> None:
        """Insert the statements into a new collection."""
        docs, model, client = documents(directory), _model(), _client(folder)
        vectors = model.encode([d.text for d in docs])
        client.create_collection(NAME, dimension=vectors.shape[1])
        rows = [
            {"id": d.number, "vector": vector.tolist(), "text": d.text, "therapist": d.therapist}
            for d, vector in zip(docs, vectors, strict=True)
        ]
        client.insert(NAME, rows)
        client.close()
        note(folder, docs)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Start the engine, load the collection and the model."""
        client = _client(folder)
        client.load_collection(NAME)
        return cls(client, _model(), noted(folder))

    def search(self, text: str) -> Answer:
        """Encode the text and search; with the metric COSINE a distance is the similarity."""
        vectors = self._model.encode([text])
        (hits,) = self._client.search(
            NAME, data=vectors.tolist(), limit=self._needed, output_fields=["therapist"]
        )
        return therapists((hit["entity"]["therapist"], hit["distance"]) for hit in hits)


def _client(folder: Path) -> Any:
    return MilvusClient(str(folder / "milvus.db"))


def _model() -> SentenceTransformer:
    return SentenceTransformer(weights.folder(), device="cpu")
