import numpy as np
import pyarrow as pa
import pytest

from index.fields import Marks, Values
from index.filters import TEXTS

COLUMN = pa.chunked_array([pa.array([["b", "a"], None, ["c", "?"]], TEXTS), pa.array([[]], TEXTS)])
MARKS = Marks(COLUMN, ("a", "b", "c"))
EVERYONE = np.arange(4)


def test_marks_count_by_the_query_and_less_the_more_there_are() -> None:
    query = np.array([[1.0, 0.5, -2.0]], dtype=np.float32)
    # "?" is no mark that anybody asks for, so the third has one.
    expected = [[1.5 / 2**0.5, 0, -2, 0]]
    np.testing.assert_allclose(MARKS.best(query, EVERYONE), expected, rtol=1e-6)


@pytest.mark.parametrize("groups", [[], [1], [3], [1, 3], [2, 0], [3, 2, 1, 0]])
def test_some_groups_score_as_they_do_among_all(groups: list[int]) -> None:
    queries = np.array([[1.0, 0.5, -2.0], [0.0, 0.0, 1.0]], dtype=np.float32)
    everyone = MARKS.best(queries, EVERYONE)
    chosen = np.array(groups, dtype=np.int64)
    np.testing.assert_array_equal(MARKS.best(queries, chosen), everyone[:, chosen])


def test_without_any_marks_nobody_scores() -> None:
    empty = Marks(pa.chunked_array([pa.array([None, []], TEXTS)]), ("a",))
    assert empty.best(np.ones((1, 1), np.float32), np.arange(2)).tolist() == [[0, 0]]
    assert len(empty) == 0


def test_a_number_a_group_counts_by_the_query() -> None:
    values = Values(np.array([0.5, 0.25, 0.0], dtype=np.float32))
    found = values.best(np.array([[-2.0], [1.0]], dtype=np.float32), np.array([2, 0]))
    assert found.tolist() == [[0, -1], [0, 0.5]]
