from pathlib import Path

import pytest

from benchmarks.raw import Answered, Run
from benchmarks.referee import Rejected, by_scan, verdicts
from tests.benchmarks import hand

EXACT = {"q0": {"ann": 0.9, "bea": 0.8}}


def answering(*answers: tuple[list[str], list[float]]) -> list[Run]:
    made = []
    for number, (ids, scores) in enumerate(answers):
        facts = vars(hand.run("ours", number, [])) | {"queries": [Answered("q0", 1, ids, scores)]}
        made.append(Run(**facts))
    return made


def test_a_right_answer_is_found_right() -> None:
    found = list(verdicts(answering((["ann", "bea"], [0.9, 0.8])), EXACT))
    assert found == [{"id": "q0", "recall": 1.0, "difference": 0.0}]


def test_the_worst_round_counts() -> None:
    right, off = (["ann", "bea"], [0.9, 0.8]), (["bea", "ann"], [0.7, 0.9])
    (found,) = verdicts(answering(right, off, right), EXACT)
    assert found["difference"] == pytest.approx(0.1)


@pytest.mark.parametrize("ids", [["ann", "ann"], ["ann", "zoe"], ["ann"], ["ann", "bea", "ann"]])
def test_an_answer_of_other_than_distinct_therapists_is_rejected(ids: list[str]) -> None:
    with pytest.raises(Rejected, match="q0: the answer is not 2 therapists"):
        list(verdicts(answering((ids, [0.9] * len(ids))), EXACT))


def test_ours_is_held_against_a_scan_of_everyone(built: Path) -> None:
    text = {"id": "q0", "text": "I can't sleep since my mother died"}
    ((id_, scores),) = by_scan(built, [text])
    assert id_ == "q0"
    assert sorted(scores) == ["boundaries", "couples", "grief", "panic", "teens"]
    assert max(scores, key=lambda name: scores[name]) == "grief"
