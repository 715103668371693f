"""What a directory offers to choose from: the values its therapists state, and its approaches."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from index.filters import AnyOf, admitted
from matcher.contents import Contents
from matcher.filters import LISTS
from matcher.records import Therapist
from matcher.taxonomy import Topic, key


@dataclass(frozen=True)
class Practised:
    """An approach and the therapists who practise it, in id order."""

    topic: Topic
    therapists: tuple[Therapist, ...]


def choices(contents: Contents) -> Mapping[str, tuple[str, ...]]:
    """For each filter with a list of values, those stated somewhere, in the directory's spelling.

    States are given by code, approaches by slug; all are in alphabetical order.
    """
    spelled: dict[str, dict[str, str]] = {name: {} for name in LISTS}
    for therapist in contents.therapists():
        for name, known in spelled.items():
            stated = therapist.record.get(name) or []
            for value in [stated] if isinstance(stated, str) else stated:
                known.setdefault(key(value), value)
    found = {n: tuple(known[k] for k in sorted(known)) for n, known in spelled.items()}
    found["state"] = tuple(code.upper() for code in _distinct(contents, "state"))
    found["approaches"] = _distinct(contents, "approaches")
    return found


def practised(contents: Contents, approach: str) -> Practised | None:
    """An approach by slug, name or synonym with its therapists, or None if nobody practises it."""
    slug = contents.taxonomy.approach(approach)
    mask = admitted(contents.columns, [AnyOf("approaches", (slug,))]) & contents.present
    topic = contents.taxonomy.approaches.get(slug, Topic(slug, slug))
    groups = mask.nonzero()[0].tolist()
    if not groups:
        return None
    return Practised(topic, tuple(contents.therapist(group) for group in groups))


def approach_counts(contents: Contents) -> list[tuple[Topic, int]]:
    """Each approach practised in the directory and by how many, in alphabetical order."""
    counted = _stated(contents, "approaches").value_counts()
    known = contents.taxonomy.approaches
    pairs = ((str(c["values"]), int(c["counts"].as_py())) for c in counted)
    found = [(known.get(slug, Topic(slug, slug)), count) for slug, count in pairs]
    return sorted(found, key=lambda pair: key(pair[0].name))


def _distinct(contents: Contents, column: str) -> tuple[str, ...]:
    return tuple(sorted(_stated(contents, column).unique().to_pylist()))


def _stated(contents: Contents, column: str) -> pa.Array:
    """Every value in this column of lists that somebody present states."""
    present = contents.columns[column].filter(pa.array(contents.present))
    return present.combine_chunks().flatten()
