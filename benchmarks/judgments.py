"""Writes data/qrels.txt: who helps with what a query is about, corrected by hand where needed.

A therapist is graded 2 for a query if what the query is mainly about is what the therapist was
written to help with; 1 if either only touches it; otherwise 0, which is not listed. A line of
data/corrections.txt (query id, therapist id, grade, reason) wins over that.

    python -m benchmarks.judgments
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent.parent / "data"


def grade(query: dict[str, Any], helps: dict[str, Any]) -> int:
    """The grade that follows from the issues alone: 0, 1 or 2."""
    main, also = set(query["issues"]["main"]), set(query["issues"]["also"])
    core, more = set(helps["core"]), set(helps["also"])
    if main & core:
        return 2
    return 1 if main & more or also & core else 0


def judgments(folder: Path = DATA) -> dict[tuple[str, str], int]:
    """All grades by query and therapist id, corrections applied."""
    helps = _read(folder / "helps.jsonl")
    grades = {
        (query["id"], therapist["id"]): grade(query, therapist)
        for query in _read(folder / "queries.jsonl")
        for therapist in helps
    }
    for line in (folder / "corrections.txt").read_text("utf-8").splitlines():
        query, therapist, corrected, _reason = line.split(maxsplit=3)
        if (query, therapist) not in grades:
            raise ValueError(f"corrections.txt names an unknown pair: {query} {therapist}")
        grades[query, therapist] = int(corrected)
    return grades


def lines(grades: dict[tuple[str, str], int]) -> Iterator[str]:
    """The judgments above 0 in TREC format, in order of query and therapist."""
    for (query, therapist), value in sorted(grades.items()):
        if value > 0:
            yield f"{query} 0 {therapist} {value}"


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


if __name__ == "__main__":
    text = "".join(line + "\n" for line in lines(judgments()))
    (DATA / "qrels.txt").write_text(text, "utf-8")
