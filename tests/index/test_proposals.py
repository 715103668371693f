"""Proposals: fewer groups to score, and nearly always the right ones."""

from pathlib import Path

import numpy as np
import pytest

from index.oracle import scan
from index.probes import Probe
from index.proposals import FILE, Proposals
from index.rows import Mask, Rows
from index.search import DEEPEST, FIRST, search
from index.vectors import Floats, unit
from index.words import Words

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
def proposals(fields: dict[str, Rows]) -> Proposals:
    return Proposals.of(known(fields))


def known(fields: dict[str, Rows]) -> list[tuple[dict[str, float], Floats]]:
    """The middle of each group's rows, for both fields."""
    lead = fields["lead"]
    sums = np.add.reduceat(lead.take(np.arange(len(lead))), lead.starts[:-1])
    return [({"lead": 1.0, "parts": 1.0}, unit(sums, WIDTH))]


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
    proposals: Proposals,
    monkeypatch: pytest.MonkeyPatch,
    share: float,
    rows_read: int,
) -> None:
    monkeypatch.setattr("index.proposals.READ_GROUPS", rows_read)
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


def test_what_is_proposed_is_scored_exactly(fields: dict[str, Rows], proposals: Proposals) -> None:
    everyone = mask(1.1)
    found = search(fields, probes(1), 10, everyone, proposals)
    truth = scan(fields, probes(1), GROUPS, everyone)
    exact = dict(zip(truth.groups.tolist(), truth.scores.tolist(), strict=True))
    assert found.scores.tolist() == pytest.approx(
        [exact[g] for g in found.groups.tolist()], abs=1e-5
    )


@pytest.mark.parametrize(("k", "share"), [(100, 1.0), (100, 0.05), (50, 0.005), (10, 0.0)])
def test_as_many_come_as_are_asked_for_and_admitted(
    fields: dict[str, Rows], proposals: Proposals, k: int, share: float
) -> None:
    admitted = mask(share)
    found = search(fields, probes(2), k, admitted, proposals)
    assert len(found.groups) == min(k, int(admitted.sum()))


@pytest.mark.parametrize("share", [1.1, 0.3, 0.09])
def test_fewer_are_the_beginning_of_more(
    fields: dict[str, Rows], proposals: Proposals, share: float
) -> None:
    admitted = mask(share)
    for seed in range(10):
        whole = search(fields, probes(seed), DEEPEST + 50, admitted, proposals)
        assert len(set(whole.groups.tolist())) == min(DEEPEST, admitted.sum())
        assert (np.diff(whole.scores) <= 0).all()
        for k in (1, FIRST - 1, FIRST, FIRST + 1, 100, DEEPEST):
            found = search(fields, probes(seed), k, admitted, proposals)
            assert found.groups.tolist() == whole.groups[:k].tolist()
            assert found.scores.tolist() == whole.scores[:k].tolist()


def test_a_deep_list_is_nearly_that_of_a_scan(
    fields: dict[str, Rows], proposals: Proposals
) -> None:
    everyone, kept = mask(1.1), 0
    for seed in range(20):
        found = search(fields, probes(seed), 100, everyone, proposals)
        truth = scan(fields, probes(seed), 100, everyone)
        kept += len(np.intersect1d(found.groups, truth.groups))
    assert kept >= 0.95 * 20 * 100


def test_who_holds_a_rare_word_is_found_though_no_vector_tells(fields: dict[str, Rows]) -> None:
    word = np.array([7], dtype=np.uint64)
    none = np.array([], dtype=np.uint64)
    words = Words.of([word if group == 1234 else none for group in range(GROUPS)])
    everyone = mask(1.1)
    asked = [*probes(3), Probe("words", word, 9.0)]
    lists = Proposals.of(known(fields))
    found = search({**fields, "words": words}, asked, 10, everyone, lists)
    assert found.groups[0] == 1234


def test_what_is_saved_is_read_back_and_has_the_same_bytes_each_time(
    fields: dict[str, Rows], proposals: Proposals, tmp_path: Path
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
    proposals.save(one)
    Proposals.of(known(fields)).save(two)
    assert (one / FILE).read_bytes() == (two / FILE).read_bytes()
    again = Proposals.load(one, [({"lead": 1.0, "parts": 1.0}, WIDTH)])
    expected = proposals.nearest(probes(5), 400, 10, mask(1.1))
    assert again.nearest(probes(5), 400, 10, mask(1.1)).tolist() == expected.tolist()
