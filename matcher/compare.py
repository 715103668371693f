"""Compares two versions: who came, went and changed, and what that does to answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.matching import Matcher
from matcher.records import Record

FIRST = 10


@dataclass(frozen=True)
class Moved:
    """A query whose first ten differ: who came, who went, and the largest change of place."""

    query: str
    came: tuple[str, ...]
    went: tuple[str, ...]
    places: int


@dataclass(frozen=True)
class Difference:
    """From one version to another; ids in order. `statements` counts texts that came or went.

    `vectors` counts texts in both whose vectors differ, as another kind of CPU may make them.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    statements: int
    vectors: int
    encoder_changed: bool
    moved: tuple[Moved, ...]
    queries: int


def compare(old: Matcher, new: Matcher, queries: Sequence[tuple[str, str]] = ()) -> Difference:
    """The difference; `queries` are (id, text)."""
    before, after = _records(old), _records(new)
    both = sorted(before.keys() & after.keys())
    moved = [found for id_, text in queries if (found := _moved(id_, text, old, new))]
    return Difference(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(id_ for id_ in both if before[id_] != after[id_]),
        len(_texts(before) ^ _texts(after)),
        _differing(old, new),
        old.contents.encoder.fingerprint != new.contents.encoder.fingerprint,
        tuple(moved),
        len(queries),
    )


def _moved(id_: str, text: str, old: Matcher, new: Matcher) -> Moved | None:
    before, after = (
        [match.therapist.id for match in matcher.match(text, limit=FIRST).matches]
        for matcher in (old, new)
    )
    if before == after:
        return None
    stayed = set(before) & set(after)
    places = max((abs(before.index(i) - after.index(i)) for i in stayed), default=0)
    came = tuple(i for i in after if i not in stayed)
    return Moved(id_, came, tuple(i for i in before if i not in stayed), places)


def _differing(old: Matcher, new: Matcher) -> int:
    before, after = _vectors(old), _vectors(new)
    return sum(before[text] != after[text] for text in before.keys() & after.keys())


def _vectors(matcher: Matcher) -> dict[bytes, bytes]:
    """The bytes of each text's vector, by the text's digest."""
    found: dict[bytes, bytes] = {}
    for rows in matcher.contents.texts.values():
        vectors = rows.take(np.arange(len(rows.group)))
        digests = rows.table["text"].to_pylist()
        found |= {d: v.tobytes() for d, v in zip(digests, vectors, strict=True)}
    return found


def _records(matcher: Matcher) -> dict[str, Record]:
    return {therapist.id: therapist.record for therapist in matcher.contents.therapists()}


def _texts(records: dict[str, Record]) -> set[tuple[str, str]]:
    return {(i, s["text"]) for i, record in records.items() for s in record["statements"]}
