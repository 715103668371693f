"""Filters mean what a person reading the records would say they mean."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import BadInput
from index.filters import admitted
from matcher import Matcher
from matcher.attributes import columns
from matcher.filters import Filters, conditions
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy
from tests.small import BOUNDARIES, COUPLES, GRIEF, PANIC, TEENS

EVERYONE = {GRIEF, BOUNDARIES, COUPLES, PANIC, TEENS}


@pytest.mark.parametrize(
    ("filters", "remain"),
    [
        ({}, EVERYONE),
        # Licensed there; who states no licence counts where they are.
        ({"state": "OR"}, {GRIEF, BOUNDARIES}),
        ({"state": "wa"}, {GRIEF, TEENS}),
        ({"state": "NV"}, {COUPLES}),
        ({"telehealth": True}, {GRIEF, BOUNDARIES, TEENS}),
        ({"telehealth": False}, {COUPLES}),
        ({"accepting": True}, {GRIEF, COUPLES, TEENS}),
        ({"accepting": True, "telehealth": True}, {GRIEF, TEENS}),
        ({"insurance": ["aetna"]}, {GRIEF, BOUNDARIES}),
        ({"insurance": ["Cigna", "Nobody's"]}, {BOUNDARIES}),
        ({"insurance": []}, EVERYONE),
        ({"languages": ["SPANISH"]}, {GRIEF}),
        ({"issues": ["grief"]}, {GRIEF}),
        ({"issues": ["Panic Attacks"]}, {PANIC}),
        ({"issues": ["sleep"]}, {GRIEF}),
        ({"approaches": ["Relational Therapy"]}, {GRIEF}),
        ({"approaches": ["cognitive behavioral therapy"]}, {BOUNDARIES}),
        ({"not_approaches": ["cbt"]}, EVERYONE - {BOUNDARIES}),
        ({"ages": ["teens"]}, {TEENS}),
        ({"times": ["evenings"]}, {GRIEF}),
        ({"gender": ["woman", "man"]}, {GRIEF, BOUNDARIES}),
        ({"identities": ["lgbtq+ affirming"]}, {TEENS}),
        ({"max_fee": 120}, {GRIEF, COUPLES}),
        ({"max_fee": 99.5}, set()),
        ({"near": {"zip": "98104", "miles": 10}}, {GRIEF}),
        ({"near": {"zip": "98104", "miles": 40}}, {GRIEF, TEENS}),
        ({"near": {"zip": "98104", "miles": 200}}, {GRIEF, TEENS, BOUNDARIES}),
        ({"near": {"zip": "00000"}}, set()),
        ({"state": "Narnia"}, set()),
        ({"languages": ["Klingon"]}, set()),
    ],
)
def test_who_remains(small: Matcher, filters: dict[str, Any], remain: set[str]) -> None:
    result = small.match("I can't sleep", filters)
    assert {m.therapist.id for m in result.matches} == remain
    assert (result.counts.directory, result.counts.qualifying) == (5, len(remain))


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ({"colour": "blue"}, "filters.colour"),
        ({"telehealth": "yes"}, "filters.telehealth"),
        ({"insurance": "Aetna"}, "filters.insurance"),
        ({"max_fee": -1}, "filters.max_fee"),
        ({"max_fee": float("nan")}, "filters.max_fee"),
        ({"near": {"zip": "9810"}}, "filters.near.zip"),
        ({"near": {"zip": "98101", "miles": 0}}, "filters.near.miles"),
        ({"near": "98101"}, "filters.near"),
    ],
)
def test_a_filter_that_is_wrong_is_named(small: Matcher, filters: Any, field: str) -> None:
    with pytest.raises(BadInput, match=field) as caught:
        small.match("I can't sleep", filters)
    assert caught.value.field == field


WORDS = ["Aetna", "CIGNA", "Oscar"]
SOME = st.none() | st.lists(st.sampled_from(WORDS), max_size=3)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "telehealth": st.booleans(),
        "accepting": st.booleans(),
        "insurance": st.lists(st.sampled_from(WORDS), max_size=3),
        "languages": st.lists(st.sampled_from(WORDS), max_size=2),
        "state": st.sampled_from(["WA", "OR"]),
        "licensed_in": st.lists(st.sampled_from(["WA", "CA"]), min_size=1, max_size=2),
        "fee_min": st.sampled_from([0, 80, 120.5]),
        "approaches": st.lists(st.sampled_from(["CBT", "emdr"]), max_size=2),
        "zip": st.sampled_from(["00001", "00002-1234", "99999"]),
    },
)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "telehealth": st.booleans(),
        "accepting": st.booleans(),
        "insurance": st.lists(st.sampled_from(["aetna", "Cigna", "none"]), max_size=2),
        "languages": st.lists(st.sampled_from(["OSCAR", "none"]), max_size=2),
        "state": st.sampled_from(["wa", "OR", "CA"]),
        "max_fee": st.sampled_from([0, 100, 120.5]),
        "approaches": st.lists(st.sampled_from(["cbt", "tea"]), max_size=2),
        "not_approaches": st.lists(st.sampled_from(["cbt", "EMDR"]), max_size=2),
        "near": st.fixed_dictionaries(
            {"zip": st.sampled_from(["00001", "77777"]), "miles": st.sampled_from([60, 80])}
        ),
    },
)
# One degree of latitude, 69 miles, lies between the two.
ZIPS = {"00001": (40.0, -100.0), "00002": (41.0, -100.0)}


def qualifies(record: dict[str, Any], asked: dict[str, Any]) -> bool:
    """The design's sentence on filters, word by word."""
    for name in ("telehealth", "accepting"):
        if name in asked and record.get(name) is not asked[name]:
            return False
    for name in ("insurance", "languages"):
        stated = {value.casefold() for value in record.get(name, [])}
        if asked.get(name) and not stated & {value.casefold() for value in asked[name]}:
            return False
    states = record.get("licensed_in") or [record.get("state", "")]
    if "state" in asked and asked["state"].upper() not in states:
        return False
    practised = {approach.casefold() for approach in record.get("approaches", [])}
    if asked.get("approaches") and not practised & set(asked["approaches"]):
        return False
    if practised & {approach.casefold() for approach in asked.get("not_approaches", [])}:
        return False
    if "near" in asked:
        reach = {"00001"} if asked["near"]["miles"] == 60 else {"00001", "00002"}
        if asked["near"]["zip"] != "00001" or record.get("zip", "")[:5] not in reach:
            return False
    return "max_fee" not in asked or record.get("fee_min", float("inf")) <= asked["max_fee"]


@settings(max_examples=200, deadline=None)
@given(records=st.lists(RECORDS, min_size=1, max_size=12), asked=ASKED)
def test_any_combination_is_what_the_words_say(
    records: list[dict[str, Any]], asked: dict[str, Any]
) -> None:
    taxonomy = Taxonomy({}, {})
    whole = [
        {"id": str(n), "name": "N", "statements": [{"text": "x"}], **r}
        for n, r in enumerate(records)
    ]
    table = columns([Therapist.of(r) for r in whole], taxonomy, ZIPS)
    mask = admitted(table, conditions(Filters.of(asked), taxonomy, ZIPS).values())
    assert mask.tolist() == [qualifies(record, asked) for record in whole]


def test_a_directory_that_states_nothing_can_still_be_filtered(
    matcher_of: Callable[[list[dict[str, Any]]], Matcher], tmp_path: Path
) -> None:
    bare = {"id": "bare", "name": "Bare", "statements": [{"text": "I help with sleep."}]}
    matcher = matcher_of([bare])
    everything = {
        "state": "WA", "telehealth": True, "accepting": False, "insurance": ["a"],
        "languages": ["a"], "issues": ["a"], "approaches": ["a"], "ages": ["a"], "times": ["a"],
        "gender": ["a"], "identities": ["a"], "max_fee": 1000, "near": {"zip": "98101"},
    }  # fmt: skip
    for name, value in everything.items():
        assert matcher.match("sleep", {name: value}).counts.qualifying == 0
    assert matcher.match("sleep", {"not_approaches": ["cbt"]}).counts.qualifying == 1
