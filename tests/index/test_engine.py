"""What every engine promises, FAISS in a folder and Milvus alike, beside the plain numpy scan."""

import numpy as np
import pytest

from index.errors import BadInput, Damaged, NotBuilt
from index.filters import Terms, admitted
from index.oracle import scan
from index.rows import Mask
from index.search import search
from index.versions import Store
from index.where import Where
from tests.index.made import CONDITIONS, PROPOSED_BY, Made, probes

GROUPS = 300


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is answered from memory, and no filter is told as a list of groups."""
    monkeypatch.setattr("index.rows.DECODED", 0)
    monkeypatch.setattr("index.milvus.groups.LISTED", 0)


def same(made: Made, store: Store, seed: int, mask: Mask, terms: Terms, k: int = 10) -> str:
    """Hold a search against the oracle; its plan."""
    version = store.open()
    proposals = version.proposals(PROPOSED_BY)
    found = search(made.fields(version), probes(seed), k, mask, proposals, terms)
    truth = scan(made.fields(), probes(seed), len(mask), mask)
    assert len(found.groups) == min(k, mask.sum()) == len(set(found.groups.tolist()))
    assert mask[found.groups].all()
    np.testing.assert_allclose(found.scores, truth.scores[:k], rtol=0, atol=1e-5)
    for place, group in enumerate(found.groups):
        # Where no other score is within rounding of this one, it has to be the same group.
        if (np.abs(truth.scores - truth.scores[place]) < 1e-5).sum() == 1:
            assert group == truth.groups[place]
    return found.plan.partition(":")[0]


def test_everybody_is_scored_as_by_a_plain_scan(where: Where) -> None:
    made, store, everybody = Made.of(1, GROUPS), Store(where), np.ones(GROUPS, dtype=np.bool_)
    made.publish(store)
    for seed in range(5):
        assert same(made, store, seed, everybody, Terms()) == "exact"


@pytest.mark.parametrize("large", [False, True])
def test_filters_mean_the_same_at_every_selectivity(
    where: Where, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.EXACT", 0)
    made, store = Made.of(2, GROUPS), Store(where)
    made.publish(store, large)
    sizes = []
    for seed, (name, conditions) in enumerate(CONDITIONS.items()):
        mask = admitted(made.columns, conditions)
        sizes.append(int(mask.sum()))
        plan = same(made, store, seed, mask, Terms(conditions), k=40)
        assert plan == ("approximate" if large and mask.any() else "exact"), name
    assert 0 in sizes
    assert GROUPS in sizes
    assert len(set(sizes)) > 8


@pytest.mark.parametrize("name", ["none of", "yes", "near", "everybody"])
def test_whoever_changed_since_is_admitted_as_they_are_now(
    where: Where, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.EXACT", 0)
    made, store = Made.of(3, GROUPS), Store(where)
    made.publish(store, large=True)
    mask = admitted(made.columns, CONDITIONS[name])
    changed = np.arange(0, GROUPS, 7)
    mask[changed] = ~mask[changed]
    mask[changed[:5]] = False  # who has left
    same(made, store, 1, mask, Terms(CONDITIONS[name], changed), k=GROUPS)


def test_who_holds_a_rare_word_is_found_among_those_who_qualify(
    where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.EXACT", 0)
    monkeypatch.setattr("index.search.ASKED", 5)  # so few that no vector brings them in
    monkeypatch.setattr("index.search.FIRST", 5)
    monkeypatch.setattr("index.search.DEEPEST", 5)
    made, store = Made.of(4, GROUPS), Store(where)
    version = made.publish(store, large=True)
    conditions = CONDITIONS["none of"]
    mask = admitted(made.columns, conditions)
    spoken = next(probe for probe in probes(6) if probe.field == "words")
    proposals = version.proposals(PROPOSED_BY)
    assert proposals is not None
    holders = mask & made.words.holding(spoken.vector)
    found = proposals.nearest(
        probes(6), GROUPS, GROUPS, holders, Terms(conditions), made.words.numbers(spoken.vector)
    )
    assert found.tolist() == np.flatnonzero(holders).tolist() != []


@pytest.mark.parametrize("large", [False, True])
def test_more_than_there_are_and_none_at_all(
    where: Where, large: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.EXACT", 0)
    made, store, nobody = Made.of(5, 30), Store(where), np.zeros(30, dtype=np.bool_)
    made.publish(store, large)
    same(made, store, 1, ~nobody, Terms(), k=400)
    same(made, store, 1, nobody, Terms(CONDITIONS["any of nothing"]))


def test_equal_scores_come_in_group_order(where: Where) -> None:
    made, store = Made.of(6, GROUPS, distinct=1), Store(where)
    version = made.publish(store)
    (_, *rest, _) = probes(1)
    found = search(
        made.fields(version), rest, GROUPS, np.ones(GROUPS, dtype=np.bool_), version.proposals([])
    )
    assert found.groups.tolist() == list(range(GROUPS))


def test_in_a_large_index_nearly_all_of_the_exact_answer_is_found(
    where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.EXACT", 0)
    monkeypatch.setattr("index.proposals.READ_GROUPS", 0)
    groups = 3000
    made, store = Made.of(7, groups), Store(where)
    version = made.publish(store, large=True)
    proposals, kept = version.proposals(PROPOSED_BY), 0
    conditions = CONDITIONS["none of"]
    mask = admitted(made.columns, conditions)
    for seed in range(10):
        found = search(made.fields(version), probes(seed), 10, mask, proposals, Terms(conditions))
        truth = scan(made.fields(), probes(seed), 10, mask)
        assert found.plan.startswith("approximate")
        kept += len(np.intersect1d(found.groups, truth.groups))
    assert kept >= 90


def test_publishing_moves_what_is_live_and_rolling_back_moves_it_again(where: Where) -> None:
    store = Store(where)
    with pytest.raises(NotBuilt, match="matcher build"):
        store.current()
    first, second = (Made.of(seed, 20).publish(store).id for seed in (1, 2))
    assert Store(where).current() == second
    assert Store(where).ids() == sorted([first, second])
    assert Store(where).rollback() == first == Store(where).current()
    told = [(entry.version, entry.by) for entry in Store(where).history.entries()]
    assert told == [(first, "build"), (second, "build"), (first, "rollback")]
    with pytest.raises(BadInput, match="no version begins"):
        store.named("zz")


def test_a_version_comes_back_as_it_was_made(where: Where) -> None:
    made, store = Made.of(8, 50), Store(where)
    version = made.publish(store, large=True, facts="of many parts. ")
    opened = Store(where).verified(version.id)
    assert (opened.folder / "inner" / "text").read_text().count("parts") == 100_000
    for name, rows in made.rows.items():
        again = opened.rows(name)
        assert (again.halves() == rows.halves()).all()
        assert again.starts.tolist() == rows.starts.tolist()


def test_the_same_content_is_one_version_and_kept_once(where: Where) -> None:
    made, store = Made.of(9, 20), Store(where)
    assert made.publish(store).id == made.publish(store).id
    assert len(store.ids()) == 1


def test_a_version_that_is_deleted_is_gone_and_others_stay(where: Where) -> None:
    made, store = Made.of(10, 20), Store(where)
    first = made.publish(store)
    second = made.publish(store, facts="x")
    store.discard(first.id)
    assert Store(where).ids() == [second.id]
    assert Store(where).verified().id == second.id
    with pytest.raises(Damaged):
        store.open(first.id)


def test_a_build_that_ended_half_way_is_no_version_and_is_swept(where: Where) -> None:
    made, store = Made.of(11, 20), Store(where)
    live = made.publish(store)
    sending = (
        "groups.Groups.keep",
        "texts.Texts.put_file",
        "texts.Texts.put",
    )
    cuts = [f"index.milvus.{place}" for place in sending] if isinstance(where, str) else []
    for cut in ("index.disk.sync", *cuts):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cut, _fail)
            with pytest.raises(OSError, match="cut"):
                made.publish(store, facts=cut)
        assert Store(where).open().id == live.id
        assert Store(where).ids() == [live.id]
    other = made.publish(store, facts="again")
    assert Store(where).ids() == sorted([live.id, other.id])
    left = [path.name for path in store.versions.iterdir() if path.name not in store.ids()]
    assert left == []


def test_changes_come_back_in_their_order_and_some_can_be_taken_out(where: Where) -> None:
    Made.of(12, 5).publish(Store(where))
    one, other = Store(where).engine, Store(where).engine
    assert list(other.lines("changes")) == []
    before = other.stamp("changes")
    one.append("changes", [{"n": 1}, {"n": 2, "text": "é" * 100_000}])
    one.append("changes", [{"n": 3}])
    assert [line["n"] for line in other.lines("changes")] == [1, 2, 3]
    assert other.stamp("changes") != before
    before = other.stamp("changes")
    one.cut("changes", lambda line: line["n"] == 2)
    assert other.stamp("changes") != before
    assert [line["n"] for line in other.lines("changes")] == [1, 3]


def _fail(*args: object, **named: object) -> None:
    raise OSError(5, "cut")
