"""Where the files of `data/` stand: beside this package, in a checkout and when installed."""

import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


def read_data(name: str) -> Any:
    """The content of one JSON file of `data/`."""
    return json.loads((DATA / name).read_text("utf-8"))
