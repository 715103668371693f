"""Proposals: fewer groups to score, and nearly always the right ones."""

from pathlib import Path

import numpy as np
import pytest

from index.oracle import scan
from index.proposals import Proposals
from index.rows import Ints, Mask, Rows
from index.search import Probe, search

WIDTH, GROUPS = 48, 4000
TOPICS = np.random.default_rng(9).standard_normal((60, WIDTH))


@pytest.fixture(scope="module")
def fields() -> dict[str, Rows]:
    """Groups that each have an interest, near one of the topics, and rows that speak of it."""
    random = np.random.default_rng(3)
    interest = TOPICS[random.integers(0, len(TOPICS), GROUPS)]
    interest = interest + 0.7 * random.standard_normal((GROUPS, WIDTH))
    return {name: rows(random, interest, most) for name, most in (("lead", 3), ("parts", 9))}


def rows(random: np.random.Generator, interest: np.ndarray, most: int) -> Rows:
    group = np.repeat(np.arange(GROUPS), random.integers(1, most + 1, GROUPS))
    vectors = interest[group] + 0.7 * random.standard_normal((len(group), WIDTH))
    return Rows.of(vectors.astype(np.float32), group, {})


@pytest.fixture(scope="module")
def proposals(fields: dict[str, Rows]) -> dict[str, Proposals]:
    return {"lead": Proposals.of(fields["lead"])}


def probes(seed: int) -> list[Probe]:
    random = np.random.default_rng(seed)
    vectors = random.choice(TOPICS) + 0.7 * random.standard_normal((4, WIDTH))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    whole, *parts = vectors.astype(np.float32)
    return [Probe("lead", whole, 0.7), *(Probe("parts", part, 0.1) for part in parts)]


def mask(share: float) -> Mask:
    admitted: Mask = np.random.default_rng(7).random(GROUPS) < share
    return admitted


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.search.EXACT", 0)


@pytest.mark.parametrize(
    ("share", "rows_read"), [(1.0, 0), (1.0, 30_000), (0.1, 30_000), (0.01, 30_000), (0.001, 0)]
)
def test_nearly_all_of_the_exact_answer_is_found(
    fields: dict[str, Rows],
    proposals: dict[str, Proposals],
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    rows_read: int,
) -> None:
    monkeypatch.setattr("index.proposals.READ_ROWS", rows_read)
    admitted, kept, wanted = mask(share), 0, 0
    for seed in range(40):
        found = search(fields, probes(seed), 10, admitted, proposals)
        truth = scan(fields, probes(seed), 10, admitted)
        assert len(found.groups) == len(truth.groups) == len(set(found.groups.tolist()))
        assert admitted[found.groups].all()
        assert found.plan.startswith("approximate")
        wanted += len(truth.groups)
        kept += len(np.intersect1d(found.groups, truth.groups))
    assert kept >= 0.95 * wanted


def test_what_is_proposed_is_scored_exactly(
    fields: dict[str, Rows], proposals: dict[str, Proposals]
) -> None:
    everyone = mask(1.1)
    found = search(fields, probes(1), 10, everyone, proposals)
    truth = scan(fields, probes(1), GROUPS, everyone)
    exact = dict(zip(truth.groups.tolist(), truth.scores.tolist(), strict=True))
    assert found.scores.tolist() == pytest.approx(
        [exact[g] for g in found.groups.tolist()], abs=1e-5
    )


@pytest.mark.parametrize(("k", "share"), [(100, 1.0), (100, 0.05), (50, 0.005), (10, 0.0)])
def test_as_many_come_as_are_asked_for_and_admitted(
    fields: dict[str, Rows], proposals: dict[str, Proposals], k: int, share: float
) -> None:
    admitted = mask(share)
    found = search(fields, probes(2), k, admitted, proposals)
    assert len(found.groups) == min(k, int(admitted.sum()))


def test_a_group_that_fills_the_nearest_lists_does_not_stand_for_all() -> None:
    crowd = np.tile(np.eye(WIDTH, dtype=np.float32)[:1], (3000, 1))
    others = np.eye(WIDTH, dtype=np.float32)[1:21]
    group: Ints = np.array([0] * 3000 + list(range(1, 21)))
    only = Rows.of(np.vstack([crowd, others]), group, {})
    probe = Probe("lead", crowd[0], 1.0)
    everyone = np.ones(21, dtype=np.bool_)
    found = search({"lead": only}, [probe], 10, everyone, {"lead": Proposals.of(only)})
    assert len(found.groups) == 10
    assert found.groups[0] == 0


def test_what_is_saved_is_read_back_and_has_the_same_bytes_each_time(
    fields: dict[str, Rows], proposals: dict[str, Proposals], tmp_path: Path
) -> None:
    proposals["lead"].save(tmp_path, "one")
    Proposals.of(fields["lead"]).save(tmp_path, "two")
    one, two = (tmp_path / f"{name}.lists.faiss" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    again = Proposals.load(tmp_path, "one", fields["lead"])
    query, everyone = probes(5)[0].vector, mask(1.1)
    expected = proposals["lead"].nearest(query, 10, everyone)
    assert again.nearest(query, 10, everyone).tolist() == expected.tolist()
