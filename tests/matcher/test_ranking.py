"""What moves the ranking, on therapists who differ in one thing only."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matcher import Matcher
from matcher.ranking import Weights

SAME = "I work slowly and with care, and I take your story seriously."
MatcherOf = Callable[[list[dict[str, Any]]], Matcher]


def therapist(id_: str, **more: Any) -> dict[str, Any]:
    return {"id": id_, "name": id_, "statements": [{"text": SAME}]} | more


def order(matcher: Matcher, text: str) -> list[str]:
    return [match.therapist.id for match in matcher.match(text).matches]


def test_who_declares_the_issue_stands_before_who_does_not(matcher_of: MatcherOf) -> None:
    matcher = matcher_of(
        [therapist("a", issues=["gambling"]), therapist("b", issues=["grief"]), therapist("c")]
    )
    assert order(matcher, "My mother died in March and I still set her plate.")[0] == "b"
    assert order(matcher, "I lost the rent at the slot machines again")[0] == "a"


def test_who_declares_everything_gains_less_than_who_declares_the_issue(
    matcher_of: MatcherOf,
) -> None:
    everything = ["gambling", "adhd", "menopause", "retirement", "autism", "cancer", "grief"]
    matcher = matcher_of([therapist("a", issues=everything), therapist("b", issues=["grief"])])
    assert order(matcher, "My mother died in March and I still set her plate.")[0] == "b"


def test_an_approach_asked_for_comes_first_and_one_ruled_out_last(matcher_of: MatcherOf) -> None:
    matcher = matcher_of(
        [
            therapist("a", approaches=["CBT"]),
            therapist("b"),
            therapist("c", approaches=["EMDR"]),
        ]
    )
    assert order(matcher, "Something happened to me and I want EMDR.")[0] == "c"
    assert order(matcher, "Something happened to me. Not CBT, please.")[-1] == "a"


def test_who_speaks_of_the_issue_in_other_words_is_found(matcher_of: MatcherOf) -> None:
    boundaries = "I help people-pleasers set boundaries and find their own no."
    sleep = "I treat insomnia with sleep restriction and stimulus control."
    matcher = matcher_of(
        [
            therapist("a", statements=[{"text": sleep}]),
            therapist("b", statements=[{"text": boundaries}]),
        ]
    )
    assert order(matcher, "I keep saying yes and then hate myself")[0] == "b"


def test_a_rare_word_that_both_use_counts(matcher_of: MatcherOf) -> None:
    others = [therapist(f"a{number:02}") for number in range(60)]
    pain = [{"text": f"{SAME} Some live with Ehlers-Danlos."}]
    fatigue = [{"text": f"{SAME} Some live with Sjögren."}]
    matcher = matcher_of(
        [*others, therapist("b", statements=pain), therapist("c", statements=fatigue)]
    )
    assert order(matcher, "I have sjögren and nobody believes me")[0] == "c"
    assert order(matcher, "I have EHLERS-DANLOS and nobody believes me")[0] == "b"


SPLIT = [
    "After a death the nights are the worst, and nobody tells you how long they will be. ",
    "I sit with people who have lost a mother, a father or a child. ",
    "We let the grief take its time. ",
    "Sleep often goes first, so we look at what keeps you awake at three in the morning. ",
    "You do not have to be strong in this room, and you do not have to talk every week.",
]


@pytest.mark.parametrize("text", ["My mother died in May.", "I can't sleep. I fight with my boss."])
def test_doubling_or_splitting_statements_moves_no_score(matcher_of: MatcherOf, text: str) -> None:
    whole = "".join(SPLIT)
    written = {
        "whole": [whole],
        "doubled": [whole, whole],
        "split": [whole[: len("".join(SPLIT[:2]))], "".join(SPLIT[2:])],
        "sentences": SPLIT,
    }
    matcher = matcher_of(
        [
            *(
                therapist(name, statements=[{"text": text} for text in texts])
                for name, texts in written.items()
            ),
            *(therapist(f"a{number}") for number in range(5)),
        ]
    )
    scores = {match.therapist.id: match.score for match in matcher.match(text).matches}
    for name in written:
        # In 8-bit integers, which each kind of CPU rounds otherwise.
        assert scores[name] == pytest.approx(scores["whole"], abs=0.01), name


def test_scores_lie_between_0_and_1_and_keep_the_order_of_the_sums() -> None:
    weights = Weights.packaged()
    sums = np.array([-1.0, 0.2, 0.5, 0.9, 3.0])
    scores = weights.calibrated(sums)
    assert scores == sorted(scores)
    assert 0 <= scores[0] < scores[-1] <= 1
    assert weights.calibrated(np.array([weights.middle])) == [pytest.approx(0.5)]


def test_a_weight_of_0_leaves_its_signal_out(small: Matcher) -> None:
    text = "My mother died in March and I still set her plate."
    contents = small.contents
    from matcher.query import Query
    from matcher.ranking import probes

    query = Query.of(text, contents)
    fields = {p.field for p in probes(query, contents, Weights.packaged())}
    rest = {p.field for p in probes(query, contents, replace(Weights.packaged(), declared=0.0))}
    assert fields - rest == {"declared"}
