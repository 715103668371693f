"""Therapists like one that a client has found."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from index.errors import BadInput
from matcher import Matcher
from matcher.changes import Changes
from tests.small import GRIEF, PAIRS, PANIC, THERAPISTS, as_large

MatcherOf = Callable[[list[dict[str, Any]]], Matcher]


def found(matcher: Matcher, id_: str, limit: int = 100) -> list[tuple[str, float]]:
    similar = matcher.similar(id_, limit)
    assert similar is not None
    return [(one.therapist.id, one.score) for one in similar]


def test_who_says_the_same_in_other_words_comes_first_and_oneself_never(
    matcher_of: MatcherOf,
) -> None:
    matcher = matcher_of(PAIRS)
    for id_ in matcher.contents.groups:
        others = found(matcher, id_)
        assert others[0][0] == f"{id_[:-1]}{'b' if id_.endswith('a') else 'a'}"
        assert sorted([id_, *(other for other, _ in others)]) == [*matcher.contents.groups]
        assert others == sorted(others, key=lambda other: (-other[1], other[0]))
        assert 0 <= others[-1][1] <= others[0][1] < 1


def test_who_wrote_the_same_has_1_and_ties_come_by_id(matcher_of: MatcherOf) -> None:
    same = [{"text": "I help people sleep through the night again."}]
    written = [{"id": id_, "name": id_, "statements": same} for id_ in ("c", "a", "d", "b")]
    matcher = matcher_of([*written, THERAPISTS[2]])
    others = found(matcher, "b", 3)
    assert [id_ for id_, _ in others] == ["a", "c", "d"]
    assert len({score for _, score in others}) == 1
    assert others[0][1] == pytest.approx(1, abs=1e-3)


def test_likeness_is_that_of_the_middles_and_of_the_issues(small: Matcher) -> None:
    contents = small.contents
    groups = range(len(contents))
    sections, profiles = contents.middles.rows, contents.profiles
    rows = sections.take(np.arange(len(sections))).astype(np.float64)
    sums = np.array([rows[sections.group == group].sum(axis=0) for group in groups])
    middles = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    spoken = profiles.take(np.arange(len(profiles))).astype(np.float64)
    likeness = np.clip(0.8 * middles @ middles.T + 0.2 * spoken @ spoken.T, 0, 1)
    for id_, group in contents.groups.items():
        expected = {contents.therapist(g).id: likeness[group, g] for g in groups if g != group}
        assert dict(found(small, id_)) == pytest.approx(expected, abs=1e-5)


def test_a_large_directory_answers_the_same(
    small: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = {id_: found(small, id_, 2) for id_ in small.contents.groups}
    monkeypatch.setattr("index.search.EXACT", 0)
    # Two of the four others are proposed, and no more.
    for name, value in {"ASKED": 2, "FIRST": 2, "DEEPEST": 3}.items():
        monkeypatch.setattr(f"index.search.{name}", value)
    large = as_large(small)
    assert {id_: found(large, id_, 2) for id_ in exact} == exact


def test_who_left_is_neither_listed_nor_asked_about(small: Matcher) -> None:
    left = small.with_changes(Changes(removed={GRIEF: "9999-01-01"}))
    assert GRIEF not in dict(found(left, PANIC))
    assert len(found(left, PANIC)) == 3
    assert left.similar(GRIEF) is None
    assert small.similar("nobody") is None


def test_as_many_come_as_are_asked_for(small: Matcher, matcher_of: MatcherOf) -> None:
    assert found(small, GRIEF, 2) == found(small, GRIEF)[:2]
    assert found(matcher_of([THERAPISTS[0]]), GRIEF) == []
    for limit in (0, 101):
        with pytest.raises(BadInput, match="limit must be 1 to 100"):
            small.similar(GRIEF, limit)
