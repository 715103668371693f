"""Chroma as its documentation sets it up: a persistent client, its own embedding function.

The embedding function is Chroma's for sentence-transformers, the space cosine; HNSW and everything
else stay as they come.
"""

from pathlib import Path
from typing import Any, Self

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

from benchmarks.contestants import Answer, weights
from benchmarks.contestants.statements import documents, note, noted, therapists

NAME = "statements"


class Contestant:
    """A collection of statements."""

    def __init__(self, collection: Any, needed: int) -> None:
        self._collection, self._needed = collection, needed

    @staticmethod
    def prepare(directory: Path, folder: Path) -> None:
        """Add the statements to a new collection."""
        docs = documents(directory)
        collection = _client(folder).create_collection(
            NAME,
            embedding_function=_embedding(),
            configuration={"hnsw": {"space": "cosine"}},
        )
        collection.add(
            ids=[str(d.number) for d in docs],
            documents=[d.text for d in docs],
            metadatas=[{"therapist": d.therapist} for d in docs],
        )
        note(folder, docs)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the collection."""
        collection = _client(folder).get_collection(NAME, embedding_function=_embedding())
        return cls(collection, noted(folder))

    def search(self, text: str) -> Answer:
        """Query by text; a cosine distance is 1 less the similarity."""
        found = self._collection.query(
            query_texts=[text], n_results=self._needed, include=["metadatas", "distances"]
        )
        owners = (metadata["therapist"] for metadata in found["metadatas"][0])
        scores = (1 - distance for distance in found["distances"][0])
        return therapists(zip(owners, scores, strict=True))


def _client(folder: Path) -> Any:
    return chromadb.PersistentClient(
        str(folder / "chroma"), settings=Settings(anonymized_telemetry=False)
    )


def _embedding() -> Any:
    return SentenceTransformerEmbeddingFunction(model_name=weights.folder())
