import pytest

from benchmarks.metrics import Spread, difference, percentile, ratios, recall, spread


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 10.0), (50, 30.0), (90, 46.0), (99, 49.6), (100, 50.0)]
)
def test_a_percentile_lies_between_the_values_around_it(share: float, expected: float) -> None:
    assert percentile([50, 10, 40, 20, 30], share) == pytest.approx(expected)


def test_one_slow_answer_in_a_hundred_moves_p99_and_not_p50() -> None:
    values = [10.0] * 99 + [1000.0]
    assert percentile(values, 50) == percentile(values, 90) == 10
    assert percentile(values, 99) == pytest.approx(19.9)


def test_a_spread_is_the_median_round_with_the_least_and_the_greatest() -> None:
    assert spread([3.0, 9.0, 1.0]) == Spread(3.0, 1.0, 9.0)
    assert spread([4.0, 1.0]) == Spread(2.5, 1.0, 4.0)


def test_a_ratio_is_taken_within_a_round() -> None:
    # The machine was ten times slower in the second round, for both.
    assert ratios([20.0, 300.0, 40.0], [10.0, 100.0, 10.0]) == Spread(3.0, 2.0, 4.0)
    # The ratio of the medians would be 4.0: it compares one round with another.
    assert spread([20.0, 300.0, 40.0]).median / spread([10.0, 100.0, 10.0]).median == 4.0


def test_ratios_need_the_same_rounds() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0, 3.0], [1.0, 2.0])


EXACT = {"ann": 0.9, "bea": 0.8, "cem": 0.7, "dov": 0.6}


@pytest.mark.parametrize(
    ("returned", "expected"),
    [(["ann", "bea"], 1.0), (["bea", "ann"], 1.0), (["ann", "cem"], 0.5), (["cem", "dov"], 0.0)],
)
def test_recall_is_the_share_of_the_best_that_came_out(
    returned: list[str], expected: float
) -> None:
    assert recall(returned, EXACT, 2) == expected


def test_recall_looks_at_the_first_k_alone() -> None:
    assert recall(["cem", "dov", "ann", "bea"], EXACT, 2) == 0


def test_recall_takes_either_of_two_equals() -> None:
    tied = {"ann": 0.9, "bea": 0.8, "cem": 0.8 - 1e-6}
    assert recall(["ann", "cem"], tied, 2) == 1
    assert recall(["ann", "cem"], tied | {"cem": 0.7999}, 2) == 0.5


def test_recall_where_fewer_than_k_can_be_returned() -> None:
    assert recall(["dov", "cem", "bea", "ann"], EXACT, 10) == 1
    assert recall(["ann"], EXACT, 10) == 0.25


def test_the_difference_is_the_largest_and_of_the_same_therapist() -> None:
    assert difference(["bea", "ann"], [0.8, 0.9], EXACT) == 0
    assert difference(["bea", "ann"], [0.79, 0.93], EXACT) == pytest.approx(0.03)
    assert difference([], [], EXACT) == 0
