"""Every number told is the qualifying count of the request it stands for."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import BadInput
from index.filters import admitted
from matcher import Matcher
from matcher.attributes import columns
from matcher.changes import Changes, note_removed
from matcher.contents import Contents, records_table
from matcher.filters import LISTS, TRUTHS, Filters, conditions
from matcher.narrowing import Narrowing, narrowing
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy, key
from tests.small import GRIEF

Asked = dict[str, Any]
ONE_VALUE = ("state", "telehealth", "in_person", "accepting", "max_fee", "near")
WORDS = st.lists(st.sampled_from(["Aetna", "AETNA", "Cigna", "Oscar  Health"]), max_size=3)
TOPICS = st.lists(st.sampled_from(["CBT", "cbt", "EMDR", "grief", "Tea  Ceremony"]), max_size=3)
RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "telehealth": st.booleans(),
        "in_person": st.booleans(),
        "accepting": st.booleans(),
        **dict.fromkeys([*LISTS[:-3], "identities"], WORDS),
        "gender": st.sampled_from(["woman", "Woman", "man"]),
        "state": st.sampled_from(["WA", "OR"]),
        "licensed_in": st.lists(st.sampled_from(["WA", "CA"]), max_size=3),
        "fee_min": st.sampled_from([0, 50, 80, 120.5, 175, 90_000]),
        "approaches": TOPICS,
        "issues": TOPICS,
        "zip": st.sampled_from(["00001", "00002-1234", "99999"]),
    },
)
WANTED = st.lists(st.sampled_from(["aetna", "oscar health", "nobody's"]), max_size=2)
WANTED_TOPICS = st.lists(st.sampled_from(["cbt", "emdr", "tea ceremony", "nothing"]), max_size=2)
ASKED = st.fixed_dictionaries(
    {},
    optional={
        "telehealth": st.booleans(),
        "in_person": st.booleans(),
        "accepting": st.booleans(),
        **dict.fromkeys(["insurance", "languages"], WANTED),
        "gender": st.just(["woman"]),
        "state": st.sampled_from(["wa", "OR", "TX"]),
        "max_fee": st.sampled_from([0, 100, 120.5]),
        **dict.fromkeys(["issues", "approaches", "not_approaches"], WANTED_TOPICS),
        "near": st.fixed_dictionaries(
            {"zip": st.sampled_from(["00001", "77777"]), "miles": st.sampled_from([60, 80])}
        ),
    },
)
# One degree of latitude, 69 miles, lies between the two.
ZIPS = {"00001": (40.0, -100.0), "00002": (41.0, -100.0)}


def contents_of(small: Matcher, records: list[Asked], present: list[bool]) -> Contents:
    """Contents with other therapists; what a text would be searched in doesn't matter here."""
    whole = [
        {"id": str(n), "name": "N", "statements": [{"text": "x"}], **r}
        for n, r in enumerate(records)
    ]
    therapists = [Therapist.of(r) for r in whole]
    return replace(
        small.contents,
        records=records_table(therapists),
        columns=columns(therapists, small.contents.taxonomy, ZIPS),
        zips=ZIPS,
        present=np.array(present),
    )


def qualifying(contents: Contents, asked: Asked) -> int:
    """As `Matcher.match` counts them."""
    wanted = conditions(Filters.of(asked), contents.taxonomy, contents.zips)
    return int((admitted(contents.columns, wanted.values()) & contents.present).sum())


def stated(contents: Contents, name: str) -> set[Any]:
    """What somebody present has in a column."""
    column = zip(contents.columns[name].to_pylist(), contents.present, strict=True)
    held = [value for value, present in column if present and value is not None]
    return set(held) if name in TRUTHS else {value for values in held for value in values}


def told(found: Narrowing, asked: Asked) -> Iterator[tuple[Asked, int]]:
    """Each number told, with the filters of the request that it is about."""
    yield asked, found.counts.qualifying
    for name, offered in found.choices.items():
        for choice in offered:
            value: Any = choice.value if name in ONE_VALUE else [choice.value]
            if name == "near":
                value = {**asked["near"], "miles": choice.value}
            yield {**asked, name: value}, choice.therapists
    for without in found.without:
        yield {n: v for n, v in asked.items() if n != without.filter}, without.therapists


@settings(max_examples=150, deadline=None)
@given(records=st.lists(st.tuples(RECORDS, st.booleans()), min_size=1, max_size=12), asked=ASKED)
def test_every_number_is_that_of_the_request_with_one_filter_replaced_or_dropped(
    small: Matcher, records: list[tuple[Asked, bool]], asked: Asked
) -> None:
    contents = contents_of(small, *map(list, zip(*records, strict=True)))
    found = narrowing(contents, Filters.of(asked), "v")
    assert found.counts.directory == sum(present for _, present in records)
    for request, therapists in told(found, asked):
        assert therapists == qualifying(contents, request), request
    assert {w.filter for w in found.without} == {n for n, value in asked.items() if value != []}
    for name in (*contents.choices, *TRUTHS):
        values = [choice.value for choice in found.choices[name]]
        written = [key(value) if isinstance(value, str) else value for value in values]
        assert written == sorted(stated(contents, name)), name


def test_without_filters_the_choices_are_told_over_everyone(small: Matcher) -> None:
    found = small.counts()
    assert found == small.counts({}) == small.counts({"insurance": []})
    choices = {n: [(c.value, c.therapists) for c in of] for n, of in found.choices.items()}
    assert choices == {
        "state": [("NV", 1), ("OR", 2), ("WA", 2)],
        "telehealth": [(False, 1), (True, 3)],
        "in_person": [],
        "accepting": [(False, 1), (True, 3)],
        "insurance": [("Aetna", 2), ("Cigna", 1)],
        "languages": [("English", 2), ("Spanish", 1)],
        "issues": [("grief", 1), ("panic-attacks", 1), ("sleep", 1)],
        "approaches": [("cbt", 1), ("emotionally-focused", 1), ("relational", 1)],
        "ages": [("Teens", 1)],
        "times": [("evenings", 1)],
        "gender": [("man", 1), ("woman", 1)],
        "identities": [("LGBTQ+ affirming", 1)],
        "max_fee": [(100, 1), (125, 2), (150, 2), (175, 2)],
    }
    assert (found.counts.directory, found.counts.qualifying, found.without) == (5, 5, [])


def test_the_numbers_are_those_that_a_match_tells(small: Matcher) -> None:
    asked = {"state": "OR", "telehealth": True, "near": {"zip": "98104", "miles": 10}}
    found = small.counts(asked)
    result = small.match("sleep", asked)
    assert (found.counts, found.version) == (result.counts, result.version)
    for request, therapists in told(found, asked):
        assert therapists == small.match("sleep", request).counts.qualifying, request


def test_where_nobody_qualifies_it_says_what_to_drop(small: Matcher) -> None:
    found = small.counts({"state": "NV", "telehealth": True, "languages": ["Spanish"]})
    assert found.counts.qualifying == 0
    dropped = [(w.filter, w.therapists) for w in found.without]
    assert dropped == [("state", 1), ("languages", 0), ("telehealth", 0)]


def test_a_value_nobody_states_is_not_offered_and_costs_everyone(small: Matcher) -> None:
    found = small.counts({"languages": ["Klingon"]})
    assert found.counts.qualifying == 0
    assert found.choices["languages"] == small.counts().choices["languages"]
    assert {c.therapists for c in found.choices["state"]} == {0}
    assert [(w.filter, w.therapists) for w in found.without] == [("languages", 5)]


def test_an_approach_left_out_is_a_filter_that_can_be_dropped(small: Matcher) -> None:
    found = small.counts({"not_approaches": ["cbt"], "state": "OR"})
    assert [(w.filter, w.therapists) for w in found.without] == [
        ("state", 4), ("not_approaches", 2)
    ]  # fmt: skip
    assert {c.value: c.therapists for c in found.choices["approaches"]}["cbt"] == 0


def test_distances_are_told_only_from_a_zip(small: Matcher) -> None:
    assert "near" not in small.counts({"state": "WA"}).choices
    near = small.counts({"near": {"zip": "98104", "miles": 10}}).choices["near"]
    assert [(c.value, c.therapists) for c in near] == [(10, 1), (25, 2), (50, 2), (100, 2)]


def test_nobody_is_near_an_unknown_zip(small: Matcher) -> None:
    found = small.counts({"near": {"zip": "00000"}, "state": "WA"})
    assert [(c.value, c.therapists) for c in found.choices["near"]] == [
        (10, 0), (25, 0), (50, 0), (100, 0)
    ]  # fmt: skip
    assert [(w.filter, w.therapists) for w in found.without] == [("near", 2), ("state", 0)]


def test_one_who_left_counts_nowhere(index: Path) -> None:
    matcher = Matcher.open(index)
    note_removed(index, GRIEF)
    matcher = matcher.with_changes(Changes.read(index))
    for asked in ({}, {"accepting": True}, {"state": "OR", "insurance": ["Aetna"]}):
        found = matcher.counts(asked)
        assert found.counts.directory == 4
        assert found.version.endswith("+1")
        for request, therapists in told(found, asked):
            assert therapists == matcher.match("sleep", request).counts.qualifying, request
    assert [c.value for c in found.choices["languages"]] == ["English"]
    assert [c.value for c in found.choices["max_fee"]] == [125, 150, 175]


def test_a_value_stated_twice_counts_its_therapist_once(
    matcher_of: Callable[[list[dict[str, Any]]], Matcher],
) -> None:
    twice: Asked = {
        "id": "twice",
        "name": "N",
        "insurance": ["Aetna", "AETNA "],
        "licensed_in": ["OR"] * 2,
    }
    twice["statements"] = [{"text": "I help with sleep."}]
    found = matcher_of([twice]).counts()
    assert [(c.value, c.therapists) for c in found.choices["insurance"]] == [("Aetna", 1)]
    assert [(c.value, c.therapists) for c in found.choices["state"]] == [("OR", 1)]
    assert found.choices["max_fee"] == found.choices["telehealth"] == []


def test_every_slug_asks_for_its_own_topic() -> None:
    # Topics are offered by slug, so a slug that is also an earlier topic's synonym would lie.
    taxonomy = Taxonomy.packaged()
    assert all(taxonomy.issue(slug) == slug for slug in taxonomy.issues)
    assert all(taxonomy.approach(slug) == slug for slug in taxonomy.approaches)


def test_a_filter_that_is_wrong_is_named(small: Matcher) -> None:
    with pytest.raises(BadInput, match=r"filters\.near\.zip"):
        small.counts({"near": {"zip": "9810"}})
