"""How rightly wishes are read: labelled lines, half of them unseen while the rules were made."""

from collections.abc import Iterator, Sequence
from typing import Any

from benchmarks.data import DATA
from benchmarks.sets import read
from matcher import Matcher
from matcher.wishes import wishes

# The labels spell these out.
SPELLED = {
    "Blue Cross Blue Shield (BCBS)": "Blue Cross Blue Shield",
    "UnitedHealthcare (UHC)": "UnitedHealthcare",
}
Told = tuple[str, str, bool]  # a filter, its value, whether it is ruled out


def judge(matcher: Matcher) -> Iterator[dict[str, Any]]:
    """For the lines looked at and those not: how many, and how many wishes were right, wrong and
    missed. A line without a wish in which one is read counts as a false alarm.
    """
    records = read(DATA / "wishes.jsonl")
    for seen in (False, True):
        yield {"seen": seen} | count(matcher, [r for r in records if r["seen"] == seen])


def count(matcher: Matcher, records: Sequence[dict[str, Any]]) -> dict[str, int]:
    """The counts over some lines."""
    contents = matcher.contents
    found = {"wishing": 0, "quiet": 0, "right": 0, "wrong": 0, "missed": 0, "alarms": 0}
    for record in records:
        got = {
            _told(wish.filter, wish.value, wish.exclude)
            for wish in wishes(record["text"], contents.taxonomy, contents.choices)
        }
        wanted = {_told(w["filter"], w["value"], w["exclude"]) for w in record["wishes"]}
        found["wishing" if wanted else "quiet"] += 1
        if wanted:
            found["right"] += len(got & wanted)
            found["wrong"] += len(got - wanted)
            found["missed"] += len(wanted - got)
        else:
            found["alarms"] += bool(got)
    return found


def _told(name: str, value: str, exclude: bool) -> Told:
    return name, SPELLED.get(value, value).casefold(), exclude
