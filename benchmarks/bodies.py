"""The request bodies of the load benchmark, as files with one a line."""

import json
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

from benchmarks.data import LONGEST

SHORT = 150  # characters


def bodies_of(data: Path, folder: Path) -> dict[str, Path]:
    """Files of all the texts, of their beginnings, and of long texts joined of them."""
    with (data / "texts.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    sets = {
        "all": texts,
        "short": [text[:SHORT] for text in texts],
        "long": [long_text(texts, start) for start in range(len(texts))],
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.jsonl" for name in sets}
    for name, path in paths.items():
        path.write_text("".join(json.dumps({"text": t}) + "\n" for t in sets[name]), "utf-8")
    return paths


def long_text(texts: Sequence[str], start: int) -> str:
    """LONGEST characters: one text after the other from a place on, round and round."""
    joined = " ".join(islice(cycle(texts), start, start + LONGEST))
    return joined[:LONGEST]
