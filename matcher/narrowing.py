"""Narrowing: how many therapists would qualify if one filter were set otherwise, or dropped."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from index.filters import LATITUDE, LONGITUDE, Condition, Is, Within
from index.rows import Mask
from index.tallies import leaving_out, up_to
from matcher.contents import Contents
from matcher.filters import LISTS, TRUTHS, Filters, conditions
from matcher.results import Counts
from matcher.taxonomy import key

# What is offered of a filter that takes any number: US dollars a session, and miles.
DOLLARS = (25, 50, 75, 100, 125, 150, 175, 200, 250, 300, 400, 500, 750, 1000)
MILES = (10, 25, 50, 100)


@dataclass(frozen=True)
class Choice:
    """A value of a filter, and how many would qualify if the filter asked for that alone."""

    value: str | bool | int
    therapists: int


@dataclass(frozen=True)
class Without:
    """A filter that is set, and how many would qualify if it were not."""

    filter: str
    therapists: int


@dataclass(frozen=True)
class Narrowing:
    """Counts under some filters, and under those that differ from them in one.

    `choices` has, by filter, the values that somebody in the directory states; `near` only if it
    is asked for, since without a ZIP code there is nothing to measure from. `without` begins with
    the filter that costs most.
    """

    counts: Counts
    choices: Mapping[str, Sequence[Choice]]
    without: Sequence[Without]
    version: str

    def body(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return asdict(self)


def narrowing(contents: Contents, filters: Filters, version: str) -> Narrowing:
    """Count under the filters, under each further choice, and without each filter that is set."""
    asked = conditions(filters, contents.taxonomy, contents.zips)
    masks = {name: condition.mask(contents.columns) for name, condition in asked.items()}
    qualifying, others = leaving_out(contents.present, masks)
    # Whom all filters but this one admit: a choice takes the place of what it asks for now.
    rest = {name: others.get(name, qualifying) for name in Filters.model_fields}
    choices = {
        **{name: _texts(contents, name, rest[name]) for name in contents.choices},
        **{name: _truths(contents, name, rest[name]) for name in TRUTHS},
        "max_fee": _dollars(contents, rest["max_fee"]),
    }
    if "near" in asked:
        choices["near"] = _miles(contents, asked["near"], rest["near"])
    without = [Without(name, int(mask.sum())) for name, mask in others.items()]
    return Narrowing(
        counts=Counts(len(contents), int(qualifying.sum())),
        choices=choices,
        without=sorted(without, key=lambda w: (-w.therapists, w.filter)),
        version=version,
    )


def _texts(contents: Contents, name: str, rest: Mask) -> list[Choice]:
    held = contents.held[name].tally(rest)
    spelled = name in LISTS or name == "state"  # topics are offered by slug, as columns have them
    values = contents.choices[name]
    return [Choice(value, held[key(value) if spelled else value]) for value in values]


def _truths(contents: Contents, name: str, rest: Mask) -> list[Choice]:
    masks = {value: Is(name, value).mask(contents.columns) for value in (False, True)}
    stated = [value for value, mask in masks.items() if (mask & contents.present).any()]
    return [Choice(value, int((masks[value] & rest).sum())) for value in stated]


def _dollars(contents: Contents, rest: Mask) -> list[Choice]:
    fees = contents.columns["fee_min"].to_numpy()
    stated = fees[contents.present & ~np.isnan(fees)]
    if not len(stated):
        return []
    lowest, highest = stated.min(), stated.max()
    steps = [step for step in DOLLARS if lowest <= step <= highest]
    return list(map(Choice, steps, up_to(fees[rest], steps)))


def _miles(contents: Contents, near: Condition, rest: Mask) -> list[Choice]:
    if not isinstance(near, Within):  # an unknown ZIP is near nobody
        return [Choice(step, 0) for step in MILES]
    places = contents.columns.select((LATITUDE, LONGITUDE)).filter(pa.array(rest))
    return list(map(Choice, MILES, up_to(near.distances(places), MILES)))
