from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from index.errors import BadInput
from index.vectors import unit


def test_every_row_gets_length_one_and_keeps_its_direction() -> None:
    scaled = unit(np.array([[3, 4], [0, 0.5]], dtype=np.float32), 2)
    assert scaled.tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 1]]
    assert scaled.dtype == np.float32


def test_the_input_is_left_as_it_was() -> None:
    given = np.array([[3, 4]], dtype=np.float32)
    unit(given, 2)
    assert given.tolist() == [[3, 4]]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (np.array([[1.0, 2.0]]), "float32"),
        (np.array([[1, 2, 3]], dtype=np.float32), r"\(n, 2\)"),
        (np.array([1, 2], dtype=np.float32), r"\(n, 2\)"),
        (np.array([[np.nan, 1]], dtype=np.float32), "NaN"),
        (np.array([[np.inf, 1]], dtype=np.float32), "infinity"),
        (np.array([[1, 1], [0, 0]], dtype=np.float32), "row 1 is a zero vector"),
    ],
)
def test_what_has_no_direction_is_refused(rows: npt.NDArray[Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        unit(rows, 2)


def test_scaling_again_changes_no_bit() -> None:
    once = unit(np.random.default_rng(1).standard_normal((500, 384)).astype(np.float32), 384)
    assert unit(once, 384).tobytes() == once.tobytes()
