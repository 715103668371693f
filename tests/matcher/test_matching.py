"""The whole engine on a directory where a person knows the answer."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from index.errors import BadInput
from index.filters import admitted
from index.oracle import scan
from matcher import Matcher
from matcher.filters import Filters, conditions
from matcher.query import Query
from matcher.ranking import Weights, probes
from tests.small import BOUNDARIES, COUPLES, GRIEF, PANIC, TEENS

TEXTS = {
    "I can't sleep since my mother died": GRIEF,
    "I keep saying yes to everybody and then hate myself for it": BOUNDARIES,
    "my husband and I argue every night about nothing": COUPLES,
    "my heart starts racing in the supermarket and I think I am dying": PANIC,
    "my 14 year old is always on her phone and hates school": TEENS,
}


@pytest.mark.parametrize(("text", "first"), TEXTS.items())
def test_the_one_who_answers_comes_first(small: Matcher, text: str, first: str) -> None:
    result = small.match(text)
    assert result.matches[0].therapist.id == first
    assert result.good_match


def test_everyone_is_listed_once_best_first(small: Matcher) -> None:
    result = small.match("I am tired of everything", limit=100)
    assert len({m.therapist.id for m in result.matches}) == len(result.matches) == 5
    scores = [m.score for m in result.matches]
    assert scores == sorted(scores, reverse=True)
    assert len(small.match("I am tired of everything", limit=2).matches) == 2


@pytest.mark.parametrize("text", [*TEXTS, "sleep", " ".join(TEXTS) + " " + ". ".join(TEXTS)])
def test_every_quote_is_the_slice_it_names(small: Matcher, text: str) -> None:
    for match in small.match(text, limit=100).matches:
        assert 1 <= len(match.evidence) <= 3
        for evidence in match.evidence:
            statement = match.therapist.statements[evidence.statement]
            assert evidence.quote == statement.text[evidence.start : evidence.end]
            assert evidence.about == statement.about
            assert evidence.struggle in text
            assert evidence.quote.strip() == evidence.quote != ""


def test_each_struggle_is_answered_by_its_own_passage(small: Matcher) -> None:
    text = "My mother died last month and I miss her. I lie awake at three in the morning."
    first = small.match(text).matches[0]
    assert first.therapist.id == GRIEF
    answered = {e.struggle: e.quote for e in first.evidence}
    assert "three in the morning" in answered["I lie awake at three in the morning."]
    assert "mother" in answered["My mother died last month and I miss her."]


@pytest.mark.parametrize(
    "filters", [{}, {"state": "WA"}, {"telehealth": False}, {"accepting": True, "max_fee": 130}]
)
@pytest.mark.parametrize("text", TEXTS)
def test_ids_and_scores_are_those_of_a_plain_scan(
    small: Matcher, text: str, filters: dict[str, Any]
) -> None:
    contents = small.contents
    wanted = conditions(Filters.of(filters), contents.taxonomy, contents.zips)
    weights = Weights.packaged()
    asked = probes(Query.of(text, contents), contents, weights)
    truth = scan(contents.fields, asked, 10, admitted(contents.columns, wanted.values()))
    result = small.match(text, filters)
    ids = [contents.therapist(int(group)).id for group in truth.groups]
    assert [m.therapist.id for m in result.matches] == ids
    scores = weights.calibrated(truth.scores)
    np.testing.assert_allclose([m.score for m in result.matches], scores, rtol=0, atol=1e-5)


def test_equal_therapists_come_in_id_order(
    matcher_of: Callable[[list[dict[str, Any]]], Matcher],
) -> None:
    same = [{"text": "I help people sleep through the night again."}]
    records = [{"id": i, "name": i, "statements": same} for i in ("c", "a", "d", "b")]
    result = matcher_of(records).match("I can't sleep")
    assert [m.therapist.id for m in result.matches] == ["a", "b", "c", "d"]
    assert len({m.score for m in result.matches}) == 1


def test_what_fits_nobody_is_said_to_fit_poorly(small: Matcher) -> None:
    result = small.match("which tyres for a 2014 hatchback")
    assert not result.good_match
    assert len(result.matches) == 5


def test_nobody_qualifies_is_an_empty_list_and_honest_counts(small: Matcher) -> None:
    result = small.match("I can't sleep", {"languages": ["Klingon"]})
    assert (list(result.matches), result.good_match) == ([], False)
    assert (result.counts.directory, result.counts.qualifying) == (5, 0)


def test_a_least_score_cuts_the_list_and_nothing_else(small: Matcher) -> None:
    text = "I can't sleep since my mother died"
    whole, cut = small.match(text), small.match(text, min_score=0.3)
    assert [m for m in whole.matches if m.score >= 0.3] == list(cut.matches)
    assert 0 < len(cut.matches) < 5
    assert small.match(text, min_score=1.1).good_match


def test_a_reported_score_asked_for_as_the_least_keeps_its_therapist(small: Matcher) -> None:
    for text in TEXTS:
        for match in small.match(text).matches:
            kept = small.match(text, min_score=match.score).matches
            assert match.therapist.id in [m.therapist.id for m in kept]


def test_text_in_another_script_gets_an_answer(small: Matcher) -> None:
    assert len(small.match("夜も眠れない。母が亡くなってから。").matches) == 5


def test_the_longest_text_gets_an_answer(small: Matcher) -> None:
    text = ("I can't sleep since my mother died. " * 200)[:4000].strip()
    assert small.match(text).matches[0].therapist.id == GRIEF


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_limit_out_of_bounds_is_refused(small: Matcher, limit: int) -> None:
    with pytest.raises(BadInput, match="limit must be 1 to 100"):
        small.match("sleep", limit=limit)


def test_no_repr_tells_what_a_client_wrote(small: Matcher) -> None:
    text = "canary-words about my mother who died of suicidal thoughts"
    result = small.match(text)
    query = Query.of(text, small.contents)
    assert "canary" not in repr(result) + repr(query) + str(vars(small))


def test_one_therapist_is_a_directory(
    matcher_of: Callable[[list[dict[str, Any]]], Matcher],
) -> None:
    only = {"id": "only", "name": "Only One", "statements": [{"text": "Grief is what I know."}]}
    result = matcher_of([only]).match("my mother died", limit=10)
    assert [m.therapist.name for m in result.matches] == ["Only One"]


def test_a_therapist_is_found_by_id(small: Matcher) -> None:
    found = small.therapist(GRIEF)
    assert found is not None
    assert found.record["city"] == "Seattle"
    assert small.therapist("nobody") is None
