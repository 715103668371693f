import numpy as np
import pytest

from matcher.statistics import Sample


def sample(values: list[float], weights: list[float] | None = None) -> Sample:
    return Sample(np.array(values), np.array(weights or [1.0] * len(values)))


def test_the_mean_counts_by_weight() -> None:
    assert sample([1.0, 0.0, 0.0], [2.0, 1.0, 1.0]).mean == pytest.approx(0.5)


def test_the_interval_holds_the_mean_and_narrows_with_more_queries() -> None:
    few = sample([0.0, 1.0] * 5)
    many = sample([0.0, 1.0] * 500)
    for it in (few, many):
        low, high = it.interval()
        assert low < it.mean < high
    # Of 1,000 throws of a coin the mean has a standard error of 0.0158.
    low, high = many.interval()
    assert high - low == pytest.approx(2 * 1.96 * 0.0158, rel=0.1)
    assert few.interval()[1] - few.interval()[0] > 5 * (high - low)


def test_one_query_says_nothing_about_others() -> None:
    assert sample([0.4]).interval() == (0.4, 0.4)
    assert sample([0.4]).difference(sample([0.1])) == 1.0


def test_a_small_but_steady_gain_counts_and_a_large_one_by_luck_does_not() -> None:
    steady = np.linspace(0.2, 0.8, 40)
    assert sample(list(steady + 0.02)).difference(sample(list(steady))) < 0.001
    lucky = [0.5] * 39 + [1.0]
    assert sample(lucky).difference(sample([0.5] * 40)) > 0.9


def test_the_same_figures_come_out_again() -> None:
    one, two = sample([0.1, 0.9, 0.4, 0.3]), sample([0.2, 0.5, 0.4, 0.1])
    assert one.interval() == one.interval()
    assert one.difference(two) == one.difference(two)
