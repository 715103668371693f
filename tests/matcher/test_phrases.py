"""Phrases: what runs of words speak for is learnt from texts."""

import sys

import numpy as np
import pytest

from index.errors import Missing
from matcher.phrases import Phrases, hashed

DANGER = ["he hits me every night", "my father hits me", "she hits me and I hide", "he hits me"]
QUIET = ["I hit the ball every night", "my father plays ball", "she plays and I sing", "he sings"]


def learnt() -> Phrases:
    wanted = np.array([True] * len(DANGER) + [False] * len(QUIET))
    return Phrases.fit([*DANGER, *QUIET], wanted)


def test_who_does_what_to_whom_is_told_apart() -> None:
    known = learnt()
    assert known.score("my mother hits me") > 0 > known.score("my mother plays ball")


def test_a_text_of_unknown_words_speaks_for_nothing_but_the_offset() -> None:
    known = learnt()
    for text in ("zebra crossing", "", "!?"):
        assert known.score(text) == known.offset


def test_letters_apostrophes_and_repetition_make_no_difference() -> None:
    assert hashed("I don’t DON'T don't").tolist() == hashed("i don't don't don't").tolist()


def test_runs_of_one_to_three_words_count_each_once() -> None:
    assert len(hashed("one two three four")) == 4 + 3 + 2
    assert len(hashed("one one one one")) == 3


def test_phrases_of_a_single_text_are_left_out() -> None:
    assert not set(hashed("hide").tolist()) & set(learnt().hashes.tolist())


def test_without_scikit_learn_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(Missing, match="make install"):
        learnt()
