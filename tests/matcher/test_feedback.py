"""More like this, not for me, and that is not what I meant."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from index.errors import BadInput
from index.oracle import scan
from matcher import Matcher
from matcher.changes import Changes
from matcher.feedback import Feedback
from matcher.query import Query
from matcher.ranking import Weights, probes
from matcher.results import Result
from tests.small import BOUNDARIES, COUPLES, GRIEF, PAIRS, PANIC, TEENS, as_large

TEXT = "My life fell apart last winter and I don't know where to begin."
MOTHER = "I can't sleep since my mother died"


def ids(result: Result) -> list[str]:
    return [match.therapist.id for match in result.matches]


def scores(result: Result) -> dict[str, float]:
    return {match.therapist.id: match.score for match in result.matches}


def test_liking_a_therapist_moves_those_like_them_up_and_unliking_down(
    matcher_of: Callable[[list[dict[str, Any]]], Matcher],
) -> None:
    matcher = matcher_of(PAIRS)
    before = scores(matcher.match(TEXT))
    for issue in ("grief", "panic", "couples"):
        one, twin = f"{issue}-a", f"{issue}-b"
        liked = matcher.match(TEXT, like=[one])
        assert ids(liked)[:2] == [one, twin]
        unliked = matcher.match(TEXT, unlike=[one])
        assert {*ids(unliked), one} == before.keys()
        assert one not in ids(unliked)
        assert scores(unliked)[twin] < before[twin] < scores(liked)[twin]
        assert (unliked.counts.qualifying, unliked.counts.directory) == (6, 6)
    both = matcher.match(TEXT, like=["couples-a"], unlike=["grief-a"])
    assert ids(both)[:2] == ["couples-a", "couples-b"]
    assert scores(both)["grief-b"] < scores(matcher.match(TEXT, like=["couples-a"]))["grief-b"]


def test_scores_stay_within_0_and_1_best_first(small: Matcher) -> None:
    for like, unlike in (([GRIEF], []), ([], [GRIEF, PANIC]), ([TEENS, PANIC], [GRIEF])):
        found = [m.score for m in small.match(MOTHER, like=like, unlike=unlike).matches]
        assert found == sorted(found, reverse=True)
        assert 0 <= found[-1] <= found[0] <= 1


def test_without_feedback_nothing_moves(small: Matcher) -> None:
    query = Query.of(MOTHER, small.contents)
    assert Feedback().moved(query, small.contents) is query
    read = query.without(frozenset(), small.contents.taxonomy)
    assert read.issues.tobytes() == query.issues.tobytes()
    assert (read.named, read.wishes) == (query.named, query.wishes)


def test_who_is_not_here_or_not_any_more_is_ignored(small: Matcher) -> None:
    plain = small.match(MOTHER).body()
    assert small.match(MOTHER, like=["nobody", "."], unlike=["no-one"]).body() == plain
    left = small.with_changes(Changes(removed={GRIEF: "9999-01-01"}))
    assert left.match(MOTHER, like=[GRIEF]).body() == left.match(MOTHER).body()


def test_order_and_repetition_of_the_lists_change_nothing(small: Matcher) -> None:
    one = small.match(MOTHER, like=[PANIC, TEENS, PANIC], unlike=[COUPLES, BOUNDARIES])
    other = small.match(MOTHER, like=[TEENS, PANIC], unlike=[BOUNDARIES, COUPLES])
    assert one.body() == other.body()


def test_the_clients_words_stay_the_larger_part(small: Matcher) -> None:
    contents = small.contents
    for id_ in (BOUNDARIES, COUPLES, PANIC, TEENS):
        query = Query.of(MOTHER, contents)
        moved = Feedback((id_,), (GRIEF,)).moved(query, contents)
        middle = contents.middles.of(np.array([contents.groups[id_]]))[0]
        assert query.whole @ middle < moved.whole @ middle < moved.whole @ query.whole
        assert moved.whole.dtype == moved.issues.dtype == np.float32
        assert np.linalg.norm(moved.whole) == pytest.approx(1)
        assert 0 <= moved.issues.min() <= moved.issues.sum() <= 1 + 1e-6  # float32, as CPUs add


def test_what_is_told_of_the_text_and_quoted_answers_the_text_alone(small: Matcher) -> None:
    text = "I want to die since my mother died. Evenings, please."
    plain, moved = small.match(text), small.match(text, like=[TEENS], unlike=[PANIC])
    assert (moved.understood, moved.crisis) == (plain.understood, plain.crisis)
    quotes = {match.therapist.id: match.evidence for match in plain.matches}
    assert all(match.evidence == quotes[match.therapist.id] for match in moved.matches)
    assert ids(moved) != ids(plain)


def test_whoever_is_liked_a_text_that_fits_nobody_is_said_to_fit_poorly(small: Matcher) -> None:
    result = small.match("which tyres for a 2014 hatchback", like=[COUPLES])
    assert ids(result)[0] == COUPLES
    assert not result.good_match
    assert small.match(MOTHER, like=[COUPLES]).good_match
    assert not small.match(MOTHER, {"state": "NV"}, like=[TEENS], unlike=[COUPLES]).good_match


def test_ids_and_scores_are_those_of_a_plain_scan(small: Matcher) -> None:
    contents = small.contents
    feedback = Feedback((TEENS,), (GRIEF,))
    moved = feedback.moved(Query.of(MOTHER, contents), contents)
    wanting = contents.present.copy()
    wanting[contents.groups[GRIEF]] = False
    asked = probes(moved, contents, Weights.packaged())
    truth = scan(contents.fields, asked, 10, wanting)
    result = small.match(MOTHER, like=[TEENS], unlike=[GRIEF])
    assert ids(result) == [contents.therapist(int(group)).id for group in truth.groups]
    expected = Weights.packaged().calibrated(truth.scores)
    np.testing.assert_allclose([m.score for m in result.matches], expected, rtol=0, atol=1e-5)


def test_a_large_directory_answers_the_same(
    small: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    feedback: dict[str, Any] = {"like": [TEENS], "unlike": [GRIEF], "misread": ["sleep"]}
    exact = small.match(MOTHER, **feedback)
    monkeypatch.setattr("index.search.EXACT", 0)
    found = as_large(small).match(MOTHER, **feedback)
    assert found.plan.startswith("approximate")
    assert found.body() == exact.body()


@pytest.mark.parametrize(
    ("feedback", "field"),
    [
        ({"like": ["a", "b", "c", ""]}, "like.3"),
        ({"like": ["a b"]}, "like.0"),
        ({"unlike": ["a" * 65]}, "unlike.0"),
        ({"unlike": ["a", "b\n"]}, "unlike.1"),
        ({"like": [str(number) for number in range(21)]}, "like"),
        ({"unlike": ["a"] * 21}, "unlike"),
        ({"misread": ["grief"] * 21}, "misread"),
        ({"like": "grief"}, "like"),
        ({"like": ["a", "b"], "unlike": ["c", "b"]}, "unlike.1"),
        ({"like": ["nobody"], "unlike": ["nobody"]}, "unlike.0"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(
    small: Matcher, feedback: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadInput) as error:
        small.match(MOTHER, **feedback)
    assert error.value.field == field
    assert str(error.value).startswith(field)


def test_an_issue_misread_is_told_no_more_and_counts_no_more(small: Matcher) -> None:
    text = "My husband died and every night I panic in the supermarket. Grief and panic attacks."
    plain, told = small.match(text), small.match(text, misread=["panic-attacks", "no-such-issue"])
    assert plain.understood.issues == (("grief", 1.0), ("panic-attacks", 1.0))
    assert told.understood.issues == (("grief", 1.0),)
    assert (ids(plain)[0], ids(told)[0]) == (PANIC, GRIEF)
    quotes = {match.therapist.id: match.evidence for match in plain.matches}
    assert all(match.evidence == quotes[match.therapist.id] for match in told.matches)
    assert small.match(text, misread=["no-such-issue"]).body() == plain.body()


def test_what_the_other_issues_have_adds_up_to_what_all_had(small: Matcher) -> None:
    contents = small.contents
    query, slugs = Query.of(MOTHER, contents), list(contents.taxonomy.issues)
    read = query.without({"grief", "sleep"}, contents.taxonomy)
    out = [slugs.index("grief"), slugs.index("sleep")]
    assert read.issues[out].tolist() == [0, 0]
    assert read.issues.sum() == pytest.approx(query.issues.sum(), rel=1e-5)
    rest = np.delete(read.issues, out) / np.delete(query.issues, out)
    np.testing.assert_allclose(rest, rest[0], rtol=1e-4)
    only = np.zeros_like(query.issues)
    only[out[0]] = 0.8
    nothing = replace(query, issues=only).without({"grief"}, contents.taxonomy)
    assert not nothing.issues.any()
    assert small.match(MOTHER, misread=slugs[:20]).matches


def test_an_issue_misread_does_not_come_back_with_who_is_liked(small: Matcher) -> None:
    contents = small.contents
    query = Query.of("I feel low", contents)
    grief = list(contents.taxonomy.issues).index("grief")
    assert Feedback((GRIEF,)).moved(query, contents).issues[grief] > 0.1
    misread = Feedback((GRIEF,), misread=frozenset({"grief"}))
    assert misread.moved(query, contents).issues[grief] == 0


def test_an_approach_misread_is_neither_asked_for_nor_ruled_out(small: Matcher) -> None:
    asked = "My mother died. I want relational therapy and evening appointments."
    ruled_out = "My mother died. No relational therapy, please. I can only come in the evenings."
    for text in (asked, ruled_out):
        plain, told = small.match(text), small.match(text, misread=["relational"])
        assert {wish.filter for wish in plain.understood.wishes} == {"approaches", "times"}
        assert {wish.filter for wish in told.understood.wishes} == {"times"}
        assert told.understood.approaches == ()
    assert small.match(asked).understood.approaches == (("relational", 1.0),)
    for text, sign in ((asked, 1), (ruled_out, -1)):
        plain, told = small.match(text), small.match(text, misread=["relational"])
        assert sign * (scores(plain)[GRIEF] - scores(told)[GRIEF]) > 0


def test_no_repr_tells_what_was_misread() -> None:
    assert "grief" not in repr(Feedback(misread=frozenset({"grief"})))
