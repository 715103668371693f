from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from index.errors import BadInput
from index.rows import Rows

VECTORS = np.array([[1, 0], [0, 1], [3, 4], [-1, 0]], dtype=np.float32)
GROUP = np.array([0, 0, 1, 2])


def rows() -> Rows:
    return Rows.of(VECTORS, GROUP, {"start": pa.array([5, 6, 7, 8])})


def test_each_group_answers_with_its_nearest_row() -> None:
    scores, numbers = rows().best(np.array([0, 1], dtype=np.float32), np.array([0, 1, 2]))
    np.testing.assert_allclose(scores, [1, 0.8, 0], atol=1e-6)
    assert numbers.tolist() == [1, 2, 3]


def test_the_first_of_equal_rows_is_named() -> None:
    twice = Rows.of(np.repeat(VECTORS[:1], 3, axis=0), np.array([0, 0, 0]), {})
    assert twice.best(VECTORS[0], np.array([0]))[1].tolist() == [0]


def test_faiss_finds_the_nearest_rows_that_are_admitted() -> None:
    query = np.array([[1, 0]], dtype=np.float32)
    assert rows().nearest(query, 2, None)[1].tolist() == [[0, 2]]
    admitted = np.array([False, True, True, True])
    assert rows().nearest(query, 2, admitted)[1].tolist() == [[2, 1]]


def test_what_is_saved_is_read_back_and_has_the_same_bytes_each_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        rows().save(tmp_path, name)
    for suffix in (".faiss", ".arrow"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()
    again = Rows.load(tmp_path, "one")
    everything = np.arange(4)
    np.testing.assert_array_equal(again.take(everything), rows().take(everything))
    assert again.table.to_pydict() == {"group": [0, 0, 1, 2], "start": [5, 6, 7, 8]}


@pytest.mark.parametrize("group", [[0, 0, 2, 2], [1, 1, 2, 2], [1, 0, 2, 2], [0, 1], [-1, 0, 1, 2]])
def test_a_group_without_rows_or_out_of_order_is_refused(group: list[int]) -> None:
    with pytest.raises(BadInput):
        Rows.of(VECTORS, np.array(group), {})


def test_vectors_taken_outlive_the_rows() -> None:
    taken = rows().take(np.array([2]))
    assert taken.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]]
