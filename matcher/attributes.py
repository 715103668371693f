"""Attribute columns: what a therapist states, one row a therapist, for the filters to meet."""

from collections.abc import Callable, Sequence
from functools import cache

import pyarrow as pa

from index.filters import LATITUDE, LONGITUDE, TEXTS
from matcher.filters import LISTS, TRUTHS
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy, key
from matcher.zips import Zips

Spelling = Callable[[str], str]  # what all spellings of a value share


def columns(therapists: Sequence[Therapist], taxonomy: Taxonomy, zips: Zips) -> pa.Table:
    """The columns that `matcher.filters.conditions` speaks of; a null means not stated."""
    # Many therapists state the same few values.
    spelt, issue, approach = cache(key), cache(taxonomy.issue), cache(taxonomy.approach)
    place = cache(zips.get)

    @cache
    def of_issue(about: str) -> bool:
        return issue(about) in taxonomy.issues or approach(about) not in taxonomy.approaches

    @cache
    def of_approach(about: str) -> bool:
        return approach(about) in taxonomy.approaches or issue(about) not in taxonomy.issues

    made: dict[str, pa.Array] = {
        "id": pa.array([t.id for t in therapists], pa.string()),
        "state": pa.array([_states(t, spelt) for t in therapists], TEXTS),
        "issues": pa.array([_topics(t, "issues", issue, of_issue) for t in therapists], TEXTS),
        "approaches": pa.array(
            [_topics(t, "approaches", approach, of_approach) for t in therapists], TEXTS
        ),
    }
    for name in LISTS:
        made[name] = pa.array([_list(t, name, spelt) for t in therapists], TEXTS)
    for name in TRUTHS:
        made[name] = pa.array([t.record.get(name) for t in therapists], pa.bool_())
    fees = [t.record.get("fee_min") for t in therapists]
    made["fee_min"] = pa.array([None if f is None else float(f) for f in fees], pa.float64())
    places = [place(t.record.get("zip", "")[:5]) for t in therapists]
    made[LATITUDE] = pa.array([p[0] if p else None for p in places], pa.float64())
    made[LONGITUDE] = pa.array([p[1] if p else None for p in places], pa.float64())
    return pa.table(made)


def _list(therapist: Therapist, field: str, spelt: Spelling) -> list[str] | None:
    stated = therapist.record.get(field)
    if stated is None:
        return None
    return [spelt(value) for value in ([stated] if isinstance(stated, str) else stated)]


def _states(therapist: Therapist, spelt: Spelling) -> list[str] | None:
    licensed = therapist.record.get("licensed_in")
    if licensed:
        return [spelt(state) for state in licensed]
    return _list(therapist, "state", spelt)


def _topics(
    therapist: Therapist, kind: str, slug: Spelling, of_kind: Callable[[str], bool]
) -> list[str]:
    """Slugs declared, and those that a statement is about."""
    mine = [s.about for s in therapist.statements if s.about and of_kind(s.about)]
    return sorted({slug(text) for text in [*therapist.record.get(kind, []), *mine]})
