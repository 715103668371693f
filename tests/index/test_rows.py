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
    queries = np.array([[0, 1], [1, 0]], dtype=np.float32)
    every = rows().best(queries, np.array([0, 1, 2]))
    np.testing.assert_allclose(every, [[1, 0.8, 0], [1, 0.6, -1]], atol=1e-3)
    np.testing.assert_array_equal(rows().best(queries, np.array([0, 2])), every[:, [0, 2]])


def test_rows_left_on_disk_answer_as_those_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows().save(tmp_path, "some")
    decoded = Rows.load(tmp_path, "some")
    query, every = np.array([[0.6, 0.8]], dtype=np.float32), np.arange(3)
    expected = decoded.best(query, every)
    monkeypatch.setattr("index.rows.DECODED", 0)
    on_disk = Rows.load(tmp_path, "some")
    np.testing.assert_array_equal(on_disk.best(query, every), expected)
    np.testing.assert_array_equal(on_disk.take(np.arange(4)), decoded.take(np.arange(4)))


def test_vectors_taken_over_keep_every_bit() -> None:
    vectors = np.random.default_rng(1).standard_normal((500, 48)).astype(np.float32)
    first = Rows.of(vectors, np.arange(500), {})
    again = Rows.of(first.take(np.arange(500)), np.arange(500), {})
    np.testing.assert_array_equal(again.take(np.arange(500)), first.take(np.arange(500)))


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
    assert taken.tolist() == [[pytest.approx(0.6, abs=1e-3), pytest.approx(0.8, abs=1e-3)]]
