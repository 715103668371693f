import pytest

from benchmarks.fairness import by_kind, exposure, overlap


def test_all_shown_alike_is_even() -> None:
    found = exposure([["a", "b"], ["c", "d"]], "abcd")
    assert found == {"never": 0, "gini": 0, "most": 1}


def test_one_who_has_every_place_is_as_uneven_as_can_be() -> None:
    found = exposure([["a"], ["a"], ["a"]], "abcd")
    assert found["never"] == 0.75
    assert found["gini"] == pytest.approx(0.75)


def test_a_gini_worked_out_by_hand() -> None:
    # 1, 1, 2: the mean difference over all nine pairs is 4/9, over twice the mean of 4/3.
    assert exposure([["a", "b", "c"], ["c"]], "abc")["gini"] == pytest.approx(4 / 9 / (8 / 3))


def test_the_ten_most_shown_are_told() -> None:
    ids = [str(n) for n in range(20)]
    assert exposure([ids, ids[:10]], ids)["most"] == pytest.approx(20 / 30)


def test_overlap_counts_what_both_have() -> None:
    assert overlap(["a", "b"], ["b", "c"]) == 0.5
    assert overlap([], []) == 0


def test_pairs_are_averaged_by_kind() -> None:
    pairs = [{"kind": "x"}, {"kind": "x"}, {"kind": "y"}]
    assert by_kind(pairs, [1.0, 0.5, 0.0]) == {"x": 0.75, "y": 0.0, "all": 0.5}
