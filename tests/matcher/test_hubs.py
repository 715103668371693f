import numpy as np

from index.rows import Rows
from index.vectors import unit
from matcher.hubs import hubs

WIDTH = 32


def test_who_is_near_to_every_text_is_told_apart_from_who_is_near_to_some() -> None:
    random = np.random.default_rng(1)
    texts = unit(random.standard_normal((300, WIDTH)).astype(np.float32) + 0.5, WIDTH)
    middle = unit(texts.mean(axis=0, keepdims=True), WIDTH)  # near to all
    others = unit(random.standard_normal((20, WIDTH)).astype(np.float32), WIDTH)
    rows = Rows.of(np.concatenate([middle, others]), np.arange(21), {})
    found = hubs(rows, texts, np.arange(21))
    assert found.shape == (21,)
    assert found.argmax() == 0
    assert found[0] > found[1:].max() + 0.1


def test_saying_everything_twice_changes_nothing() -> None:
    random = np.random.default_rng(2)
    texts = unit(random.standard_normal((50, WIDTH)).astype(np.float32), WIDTH)
    one = unit(random.standard_normal((3, WIDTH)).astype(np.float32), WIDTH)
    once = Rows.of(one, np.zeros(3, np.int64), {})
    twice = Rows.of(np.concatenate([one, one]), np.zeros(6, np.int64), {})
    only = np.zeros(1, np.int64)
    np.testing.assert_array_equal(hubs(once, texts, only), hubs(twice, texts, only))
