"""The service anybody would write: FastAPI around sentence-transformers and a flat FAISS index.

    NAIVE_FOLDER=... NAIVE_DIRECTORY=... uvicorn --factory benchmarks.naive_service:create

The folder is what the contestant `naive` prepares from the directory file. An answer holds whole
records, as this engine's does, and neither evidence nor anything else.
"""

import json
import os
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel

from benchmarks.contestants.naive import Contestant


class Asked(BaseModel):
    """What to look for."""

    text: str


def create() -> FastAPI:
    """The application; settings come from the environment."""
    engine = Contestant.open(Path(os.environ["NAIVE_FOLDER"]))
    with Path(os.environ["NAIVE_DIRECTORY"]).open(encoding="utf-8") as lines:
        records = {record["id"]: record for record in map(json.loads, lines)}
    app = FastAPI()

    @app.post("/v1/match")
    def match(asked: Asked) -> dict[str, Any]:
        """Ten therapists; not async, as FastAPI advises for what computes."""
        found = engine.search(asked.text)
        return {"matches": [{"therapist": records[id_], "score": s} for id_, s in found]}

    return app
