"""The raw files: what was measured, one file a contestant and round, read by every later stage.

They hold ids and numbers, never a text, a path or the machine's name, so that they can be
published as they are.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

CASE = "match"  # one client's text at a time over the whole directory
DIGITS = 5  # of a score: what the engine promises to hold


@dataclass(frozen=True)
class Answered:
    """One timed query: its id, its time in nanoseconds, and what came out, best first."""

    id: str
    ns: int
    ids: Sequence[str]
    scores: Sequence[float]


@dataclass(frozen=True)
class Run:
    """One process of one contestant.

    `startup_ns` goes from the spawn of the process to its first answer, in nanoseconds; memory is
    resident memory in bytes; `elsewhere` is how many cores other processes used on average while
    queries were timed, None where the system doesn't tell.
    """

    case: str
    contestant: str
    round: int
    startup_ns: int
    peak_bytes: int
    end_bytes: int
    elsewhere: float | None
    threads: dict[str, int]
    versions: dict[str, str]
    queries: Sequence[Answered]


def write_run(folder: Path, run: Run) -> None:
    """Write a run under its name."""
    rounded = [replace(q, scores=[round(s, DIGITS) for s in q.scores]) for q in run.queries]
    name = f"{run.case}-{run.contestant}-{run.round}"
    write(folder, name, asdict(replace(run, queries=rounded)))


def runs(folder: Path, case: str = CASE) -> dict[str, list[Run]]:
    """The runs of a case, by contestant in alphabetical order, each in order of rounds."""
    found: dict[str, list[Run]] = {}
    for path in sorted(folder.glob(f"{case}-*-*.json")):
        facts = json.loads(path.read_text("utf-8"))
        queries = [Answered(**query) for query in facts.pop("queries")]
        run = Run(**facts, queries=queries)
        found.setdefault(run.contestant, []).append(run)
    return {name: sorted(mine, key=lambda run: run.round) for name, mine in found.items()}


def write(folder: Path, name: str, value: Any) -> None:
    """Write any raw file, `name` without its ending, as compact JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    (folder / f"{name}.json").write_text(text + "\n", "utf-8")


def read(folder: Path, name: str) -> Any:
    """The contents of a raw file, or None where it is missing."""
    path = folder / f"{name}.json"
    return json.loads(path.read_text("utf-8")) if path.is_file() else None


def clear(folder: Path, case: str) -> None:
    """Remove a case's files, so that two measurements never mix."""
    for pattern in (f"{case}-*.json", f"referee-{case}-*.json"):
        for path in folder.glob(pattern):
            path.unlink()
