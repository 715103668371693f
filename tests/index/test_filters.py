import pyarrow as pa

from index.filters import TEXTS, AnyOf, AtMost, Is, NoneOf, Within, admitted

COLUMNS = pa.table(
    {
        "words": pa.array([["a", "b"], ["b"], [], None], TEXTS),
        "open": pa.array([True, False, None, True], pa.bool_()),
        "fee": pa.array([100.0, None, 80.0, 0.0], pa.float64()),
        "latitude": pa.array([47.6, 45.5, None, 40.7], pa.float64()),
        "longitude": pa.array([-122.3, -122.7, None, -74.0], pa.float64()),
    }
)


def test_without_conditions_everyone_is_admitted() -> None:
    assert admitted(COLUMNS, []).tolist() == [True] * 4


def test_any_of_the_values_is_enough_and_none_stated_is_not() -> None:
    assert AnyOf("words", ("a", "c")).mask(COLUMNS).tolist() == [True, False, False, False]
    assert AnyOf("words", ("b", "a")).mask(COLUMNS).tolist() == [True, True, False, False]
    assert not AnyOf("words", ()).mask(COLUMNS).any()


def test_leaving_out_keeps_those_who_state_nothing() -> None:
    assert NoneOf("words", ("a",)).mask(COLUMNS).tolist() == [False, True, True, True]


def test_a_truth_not_stated_is_neither_yes_nor_no() -> None:
    assert Is("open", True).mask(COLUMNS).tolist() == [True, False, False, True]
    assert Is("open", False).mask(COLUMNS).tolist() == [False, True, False, False]


def test_at_most_includes_the_number_itself_and_zero() -> None:
    assert AtMost("fee", 80).mask(COLUMNS).tolist() == [False, False, True, True]


def test_within_measures_miles() -> None:
    seattle = (47.6, -122.3)
    near = Within(seattle, 10).mask(COLUMNS)
    assert near.tolist() == [True, False, False, False]
    # Seattle to Portland is about 146 miles as the crow flies.
    assert Within(seattle, 145).mask(COLUMNS).tolist() == near.tolist()
    assert Within(seattle, 148).mask(COLUMNS).tolist() == [True, True, False, False]


def test_conditions_are_combined_by_and() -> None:
    assert admitted(COLUMNS, [AnyOf("words", ("b",)), Is("open", True)]).tolist() == [
        True,
        False,
        False,
        False,
    ]
