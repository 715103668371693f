import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from index.filters import TEXTS
from index.tallies import Held, leaving_out, up_to

LISTS = st.lists(st.none() | st.lists(st.sampled_from(["a", "b", "c"]), max_size=4), max_size=9)


@settings(max_examples=100, deadline=None)
@given(lists=LISTS, data=st.data())
def test_a_group_counts_once_for_each_value_it_holds(
    lists: list[list[str] | None], data: st.DataObject
) -> None:
    size = len(lists)
    bools = st.lists(st.booleans(), min_size=size, max_size=size)
    admitted = np.array(data.draw(bools), dtype=np.bool_)
    tally = Held.of(pa.chunked_array([pa.array(lists, TEXTS)])).tally(admitted)
    stated = {value for values in lists for value in values or []}
    assert tally == {
        value: sum(value in (held or []) for held, a in zip(lists, admitted, strict=True) if a)
        for value in stated
    }


def test_lists_that_were_filtered_or_sliced_are_counted_as_they_are_now() -> None:
    column = pa.chunked_array([pa.array([["a"], ["b", "a"], None, ["b", "b"], ["c"]], TEXTS)])
    everyone = np.ones(3, dtype=np.bool_)
    assert Held.of(column.slice(1, 3)).tally(everyone) == {"a": 1, "b": 2, "c": 0}
    kept = column.filter(pa.array([True, False, True, True, False]))
    assert Held.of(kept).tally(everyone) == {"a": 1, "b": 1, "c": 0}


def test_a_column_that_nobody_states_anything_in_is_an_empty_tally() -> None:
    column = pa.chunked_array([pa.array([None, []], TEXTS)])
    assert Held.of(column).tally(np.ones(2, dtype=np.bool_)) == {}


def test_a_step_counts_what_lies_on_it_and_no_number_that_is_missing() -> None:
    numbers = np.array([100.0, np.nan, 0.0, 100.5, np.nan])
    assert up_to(numbers, [0, 99, 100, 101, 1e9]) == [1, 1, 2, 3, 3]
    assert up_to(numbers[:0], [0]) == [0]


def test_leaving_one_out_is_meeting_all_the_others() -> None:
    present = np.array([True, True, True, True, False])
    masks = {
        "one": np.array([True, False, True, False, True]),
        "two": np.array([True, True, False, False, False]),
    }
    everything, others = leaving_out(present, masks)
    assert everything.tolist() == [True, False, False, False, False]
    assert others["one"].tolist() == [True, True, False, False, False]
    assert others["two"].tolist() == [True, False, True, False, False]


def test_without_conditions_everyone_present_is_left() -> None:
    everything, others = leaving_out(np.array([True, False]), {})
    assert (everything.tolist(), others) == ([True, False], {})
