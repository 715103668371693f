"""What every peer is given and how its answer is read: statements in, therapists out.

A peer stores whole statements, each with its therapist's id, and finds the nearest statements. It
is asked for so many that LIMIT therapists always come out: a therapist has at most m statements,
so 9 therapists fill at most 9m places and the next place is a tenth's. The rule is the same for
all peers, and where a peer's search is exact so is its list of therapists, scored by the nearest
statement of each.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.contestants import LIMIT, Answer


@dataclass(frozen=True)
class Document:
    """A statement: a running number, its therapist's id, its text."""

    number: int
    therapist: str
    text: str


def documents(directory: Path) -> list[Document]:
    """The statements of a directory file, in file order."""
    records = [json.loads(line) for line in directory.read_text("utf-8").splitlines()]
    pairs = [(r["id"], s["text"]) for r in records for s in r["statements"]]
    return [Document(number, id_, text) for number, (id_, text) in enumerate(pairs)]


def needed(owners: Iterable[str]) -> int:
    """How many statements to ask for, given each statement's therapist."""
    counts: dict[str, int] = {}
    for owner in owners:
        counts[owner] = counts.get(owner, 0) + 1
    return min(sum(counts.values()), (LIMIT - 1) * max(counts.values()) + 1)


def note(folder: Path, docs: Iterable[Document]) -> None:
    """Keep beside a peer's own files how many statements it is to be asked for."""
    (folder / "needed.json").write_text(json.dumps(needed(d.therapist for d in docs)), "utf-8")


def noted(folder: Path) -> int:
    """What `note` kept."""
    return int(json.loads((folder / "needed.json").read_text("utf-8")))


def therapists(hits: Iterable[tuple[str, float]]) -> Answer:
    """The LIMIT first distinct therapists of statements that come best first."""
    best: dict[str, float] = {}
    for therapist, score in hits:
        best.setdefault(therapist, score)
    return list(best.items())[:LIMIT]
