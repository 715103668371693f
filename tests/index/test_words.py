from pathlib import Path

import numpy as np
import pytest

from index.words import ENOUGH, Keys, Words

GROUPS = 400
EVERYONE = np.arange(GROUPS)


def keys(*words: int) -> Keys:
    return np.array(words, dtype=np.uint64)


def held() -> list[Keys]:
    """Every group has word 1, every tenth 10, every fiftieth 50, one has 2**63 and 7."""
    return [
        keys(*(w for w in (1, 10, 50) if g % w == 0), *([7, 2**63] if g == 123 else []))
        for g in range(GROUPS)
    ]


@pytest.fixture(scope="module")
def words() -> Words:
    return Words.of(held())


def test_the_rarer_the_word_the_more_it_counts(words: Words) -> None:
    one, fifty, ten = (words.best(keys(word)[None], EVERYONE)[0] for word in (7, 50, 10))
    assert one[123] == pytest.approx(1 - np.exp(-1 / ENOUGH))
    assert 0 < fifty[50] < one[123]
    assert not ten.any(), "a word in every tenth statement says nothing"


def test_words_nobody_holds_and_common_ones_find_nobody(words: Words) -> None:
    assert not words.best(keys(1, 3, 2**64 - 1)[None], EVERYONE).any()
    assert not words.best(keys()[None], EVERYONE).any()


def test_too_few_groups_tell_no_word_to_be_rare(tmp_path: Path) -> None:
    Words.of([keys(1), keys(2)]).save(tmp_path, "few")
    few = Words.load(tmp_path, "few")
    assert few.best(keys(1)[None], np.arange(2)).tolist() == [[0, 0]]


def test_many_words_never_count_more_than_1() -> None:
    many = np.arange(1000, dtype=np.uint64)
    found = Words.of([many, *([keys()] * GROUPS)])
    assert 0.99 < found.best(many[None], np.array([0]))[0, 0] <= 1


def test_some_groups_score_as_they_do_among_all(words: Words) -> None:
    query = keys(7, 50)[None]
    chosen = np.array([123, 0, 51])
    expected = words.best(query, EVERYONE)[:, chosen]
    np.testing.assert_array_equal(words.best(query, chosen), expected)


def test_who_holds_a_word_that_counts_is_told(words: Words) -> None:
    assert np.flatnonzero(words.holding(keys(7, 2**64 - 1))).tolist() == [123]
    assert words.holding(keys(7, 50)).sum() == 9
    assert not words.holding(keys(1)).any()


def test_what_is_saved_is_read_back_with_the_same_bytes_each_time(
    words: Words, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        Words.of(held()).save(tmp_path, name)
    assert (tmp_path / "one.arrow").read_bytes() == (tmp_path / "two.arrow").read_bytes()
    again = Words.load(tmp_path, "one")
    np.testing.assert_array_equal(
        again.best(keys(7, 50)[None], EVERYONE), words.best(keys(7, 50)[None], EVERYONE)
    )
    assert len(again) == GROUPS
