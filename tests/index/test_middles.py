import numpy as np
import pytest

from index.middles import Middles
from index.rows import Rows

VECTORS = np.array([[1, 0], [0, 1], [0.6, 0.8], [-1, 0], [-1, 0]], dtype=np.float32)
MIDDLES = Middles(Rows.of(VECTORS, np.array([0, 0, 1, 2, 2]), {}))


def test_a_middle_lies_between_the_rows_and_has_length_1() -> None:
    half = 0.5**0.5
    expected = [[half, half], [0.6, 0.8], [-1, 0]]
    np.testing.assert_allclose(MIDDLES.of(np.arange(3)), expected, atol=1e-3)
    np.testing.assert_allclose(MIDDLES.mean, np.mean(expected, axis=0), atol=1e-3)


@pytest.mark.parametrize("groups", [[1], [2, 0], [0, 1, 2]])
def test_some_groups_score_as_they_do_among_all(groups: list[int]) -> None:
    queries = np.array([[1, 0], [0.6, 0.8]], dtype=np.float32)
    everyone = MIDDLES.best(queries, np.arange(3))
    assert everyone.shape == (2, 3)
    np.testing.assert_array_equal(MIDDLES.best(queries, np.array(groups)), everyone[:, groups])


def test_some_stand_for_all_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.middles.SAMPLE", 2)
    np.testing.assert_allclose(Middles(MIDDLES.rows).mean, [-0.1464, 0.3536], atol=1e-3)
