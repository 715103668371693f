"""Attribute columns: what a therapist states, one row a therapist, for the filters to meet."""

from collections.abc import Sequence

import pyarrow as pa

from index.filters import TEXTS
from matcher.filters import LISTS, TRUTHS
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy, key
from matcher.zips import Zips


def columns(therapists: Sequence[Therapist], taxonomy: Taxonomy, zips: Zips) -> pa.Table:
    """The columns that `matcher.filters.conditions` speaks of; a null means not stated."""
    made: dict[str, pa.Array] = {
        "id": pa.array([t.id for t in therapists], pa.string()),
        "state": pa.array([_states(t) for t in therapists], TEXTS),
        "issues": pa.array([_topics(t, taxonomy, "issues") for t in therapists], TEXTS),
        "approaches": pa.array([_topics(t, taxonomy, "approaches") for t in therapists], TEXTS),
    }
    for name in LISTS:
        made[name] = pa.array([_list(t, name) for t in therapists], TEXTS)
    for name in TRUTHS:
        made[name] = pa.array([t.record.get(name) for t in therapists], pa.bool_())
    fees = [t.record.get("fee_min") for t in therapists]
    made["fee_min"] = pa.array([None if f is None else float(f) for f in fees], pa.float64())
    places = [zips.get(t.record.get("zip", "")[:5]) for t in therapists]
    made["latitude"] = pa.array([p[0] if p else None for p in places], pa.float64())
    made["longitude"] = pa.array([p[1] if p else None for p in places], pa.float64())
    return pa.table(made)


def _list(therapist: Therapist, field: str) -> list[str] | None:
    stated = therapist.record.get(field)
    if stated is None:
        return None
    return [key(value) for value in ([stated] if isinstance(stated, str) else stated)]


def _states(therapist: Therapist) -> list[str] | None:
    licensed = therapist.record.get("licensed_in")
    if licensed:
        return [key(state) for state in licensed]
    return _list(therapist, "state")


def _topics(therapist: Therapist, taxonomy: Taxonomy, kind: str) -> list[str]:
    """Slugs declared, and those that a statement is about."""
    issues, approaches = taxonomy.issues, taxonomy.approaches
    slug, others = taxonomy.issue, taxonomy.approach
    known, known_others = issues, approaches
    if kind == "approaches":
        slug, others = others, slug
        known, known_others = known_others, known
    abouts = [s.about for s in therapist.statements if s.about]
    mine = [a for a in abouts if slug(a) in known or others(a) not in known_others]
    return sorted({slug(text) for text in [*therapist.record.get(kind, []), *mine]})
