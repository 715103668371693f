"""What is worked out from the vectors is the same whether it is taken over or not."""

from typing import Any

import numpy as np
import pytest

from index.fields import Values
from index.rows import Rows
from index.vectors import Floats, unit
from matcher import derived
from matcher.bridge import Bridge, Reader
from matcher.derived import derive

WIDTH, ISSUES, COUNT = 32, 7, 300


def vectors(random: np.random.Generator, count: int) -> Floats:
    return unit(random.standard_normal((count, WIDTH)).astype(np.float32), WIDTH)


def sections(random: np.random.Generator, counts: list[int]) -> Rows:
    return Rows.of(vectors(random, sum(counts)), np.repeat(np.arange(len(counts)), counts), {})


@pytest.fixture
def given() -> dict[str, Any]:
    random = np.random.default_rng(3)
    lines = np.repeat(np.arange(ISSUES), 5)
    reader = Reader.fit(vectors(random, len(lines)), lines)
    counts = random.integers(1, 6, COUNT).tolist()
    return {
        "sections": sections(random, counts),
        "bridge": Bridge(reader, reader),
        "references": vectors(random, 120),
    }


def test_profiles_have_length_one_and_hubs_lie_between_none_and_one(given: dict[str, Any]) -> None:
    profiles, hubs = derive(**given)
    found = profiles.take(np.arange(COUNT))
    assert found.shape == (COUNT, ISSUES)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)
    assert hubs.numbers.shape == (COUNT,)
    assert (np.abs(hubs.numbers) < 1).all()


def test_how_many_are_worked_out_at_a_time_changes_no_bit(
    given: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = derive(**given)
    monkeypatch.setattr(derived, "CHUNK", 7)
    assert_same(derive(**given), whole)


def test_what_is_taken_over_is_what_would_be_worked_out(given: dict[str, Any]) -> None:
    whole = derive(**given)
    same = np.arange(COUNT)
    same[[0, 17, COUNT - 1]] = -1
    assert_same(derive(**given, live=whole, same=same), whole)
    assert_same(derive(**given, live=whole, same=np.full(COUNT, -1)), whole)
    assert_same(derive(**given, live=whole, same=np.arange(COUNT)), whole)


def test_it_is_taken_from_the_group_it_had(given: dict[str, Any]) -> None:
    whole = derive(**given)
    live = (
        Rows.of(whole[0].halves()[::-1], np.arange(COUNT), {}),
        Values(whole[1].numbers[::-1].copy()),
    )
    assert_same(derive(**given, live=live, same=np.arange(COUNT)[::-1]), whole)


def assert_same(one: tuple[Rows, Values], other: tuple[Rows, Values]) -> None:
    assert one[0].halves().tobytes() == other[0].halves().tobytes()
    assert one[1].numbers.tobytes() == other[1].numbers.tobytes()
