"""LanceDB as its documentation sets it up: a table that embeds by itself, searched by text.

The embedding function is LanceDB's for sentence-transformers. A table this small gets no vector
index: LanceDB scans it, as its documentation advises.
"""

from pathlib import Path
from typing import Any, Self

import lancedb
from lancedb.embeddings import get_registry
from lancedb.pydantic import LanceModel, Vector
from pydantic import create_model

from benchmarks.contestants import Answer, weights
from benchmarks.contestants.statements import documents, note, noted, therapists

NAME = "statements"


class Contestant:
    """A table of statements."""

    def __init__(self, table: Any, needed: int) -> None:
        self._table, self._needed = table, needed

    @staticmethod
    def prepare(directory: Path, folder: Path) -> None:
        """Add the statements to a new table."""
        docs = documents(directory)
        table = lancedb.connect(str(folder / "lancedb")).create_table(NAME, schema=_schema())
        table.add([{"text": d.text, "therapist": d.therapist} for d in docs])
        note(folder, docs)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open the table, which knows its embedding function."""
        return cls(lancedb.connect(str(folder / "lancedb")).open_table(NAME), noted(folder))

    def search(self, text: str) -> Answer:
        """Search by text; a cosine distance is 1 less the similarity."""
        found = self._table.search(text).distance_type("cosine").limit(self._needed)
        rows = found.select(["therapist", "_distance"]).to_list()
        return therapists((row["therapist"], 1 - row["_distance"]) for row in rows)


def _schema() -> Any:
    registry: Any = get_registry()
    model = registry.get("sentence-transformers").create(name=weights.folder())
    fields: dict[str, Any] = {
        "text": (str, model.SourceField()),
        "therapist": (str, ...),
        "vector": (Vector(model.ndims()), model.VectorField()),
    }
    return create_model("Statement", __base__=LanceModel, **fields)
