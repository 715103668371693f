"""What an index in Milvus has that no other has: copies, and vectors that are no files."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import Damaged
from index.filters import Terms
from index.milvus.connection import Connection
from index.milvus.engine import Milvus
from index.milvus.groups import Groups
from index.versions import Store
from tests.index.made import PROPOSED_BY, Made


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return Store(f"milvus:{tmp_path}/lite.db")


def engine(store: Store) -> Milvus:
    assert isinstance(store.engine, Milvus)
    return store.engine


def test_a_machine_that_has_no_copy_yet_gets_one(store: Store) -> None:
    made = Made.of(1, 30)
    version = made.publish(store, large=True)
    shutil.rmtree(store.folder)
    other = Store(store.engine.where)
    opened = other.verified()
    assert opened.id == version.id
    assert opened.proposals(PROPOSED_BY) is not None
    assert [p.name for p in opened.folder.rglob("*.faiss")] == [], "vectors are looked up there"


def test_a_copy_that_was_changed_is_made_anew(store: Store) -> None:
    version = Made.of(1, 30).publish(store)
    path = version.folder / "inner" / "text"
    path.write_text("dias")
    assert (Store(store.engine.where).open().folder / "inner" / "text").read_text() == "said"
    path.unlink()
    assert (Store(store.engine.where).open().folder / "inner" / "text").read_text() == "said"


def test_copies_of_what_was_deleted_elsewhere_do_not_stay(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made.of(1, 30)
    first = made.publish(store)
    with monkeypatch.context() as another_machine:
        another_machine.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
        other = Store(store.engine.where)
        made.publish(other, facts="x")
        other.discard(first.id)
    assert first.folder.exists()
    store.open()
    assert not first.folder.exists()


@pytest.mark.parametrize("rows", ["sections", "passages"])
def test_a_vector_that_was_changed_is_found_by_verifying(store: Store, rows: str) -> None:
    version = Made.of(1, 30).publish(store)
    assert store.verified().id == version.id
    collection, field = f"matcher_{version.id}", f"rows_{rows}"
    connection = engine(store)._connection
    groups = connection.ask("query", collection, ids=[0, 1, 2, 3, 4, 5], output_fields=["*"])
    one, other = next(
        (a, b) for a in groups for b in groups
        if a[field] != b[field] and len(a[field][0]) == len(b[field][0])
    )  # fmt: skip
    connection.ask("upsert", collection, [{**one, field: other[field]}])
    with pytest.raises(Damaged, match=f"{rows}.faiss was changed"):
        store.verified()


def test_where_a_collection_is_gone_or_lacks_rows_an_ancestor_stands_in(store: Store) -> None:
    first, second, third = (Made.of(seed, 30).publish(store) for seed in (1, 2, 3))
    connection = engine(store)._connection
    connection.ask("drop_collection", f"matcher_{third.id}")
    with pytest.raises(Damaged, match=f"no matcher_{third.id}: build again"):
        store.open(third.id)
    assert store.sound()[0].id == second.id
    passages = second.rows("passages")
    connection.ask("delete", f"matcher_{second.id}", ids=[3])
    with pytest.raises(Damaged, match="lacks rows: build again"):
        passages.halves()
    with pytest.raises(Damaged, match=f"matcher_{second.id} lacks groups"):
        store.open(second.id)
    assert store.sound()[0].id == first.id
    again = Made.of(3, 30).publish(store)
    assert (again.id, store.verified().id) == (third.id, third.id)


def test_whoever_serves_a_version_that_is_deleted_can_go_on_for_a_moment(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made.of(1, 30)
    first = made.publish(store)
    passages = first.rows("passages")
    made.publish(store, facts="x")
    store.discard(first.id)
    assert first.id not in store.ids()
    store.engine.tidy()
    with store.building():
        pass
    assert (passages.halves() == made.rows["passages"].halves()).all()
    monkeypatch.setattr("time.time", lambda: 9e9)
    store.engine.tidy()
    with pytest.raises(Damaged):
        passages.halves()
    assert store.verified()


def test_what_becomes_live_while_it_is_to_be_deleted_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made.of(1, 30)
    first = made.publish(store)
    made.publish(store, facts="x")
    store.discard(first.id)
    monkeypatch.setattr("time.time", lambda: 9e9)
    waiting = Milvus._waiting

    def meanwhile(self: Milvus) -> dict[str, float]:
        found = waiting(self)
        with monkeypatch.context() as patch:
            patch.setattr(Milvus, "_waiting", waiting)
            made.publish(store)
        return found

    monkeypatch.setattr(Milvus, "_waiting", meanwhile)
    engine(store)._drop_waiting()
    assert store.verified().id == first.id


def test_a_version_made_again_while_its_old_vectors_wait_to_be_deleted_stays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made.of(1, 30)
    first = made.publish(store)
    made.publish(store, facts="x")
    store.discard(first.id)
    assert made.publish(store).id == first.id
    monkeypatch.setattr("time.time", lambda: 9e9)
    store.engine.tidy()
    assert store.verified().id == first.id


def test_of_a_text_cut_half_way_nothing_is_left_after_the_next_build(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Made.of(1, 30)
    made.publish(store)
    texts, before = engine(store)._texts, len(engine(store)._texts.traces("file/"))
    ask = Connection.ask

    def cut(self: Connection, method: str, *args: Any, **named: Any) -> Any:
        if method == "upsert" and args[1][0].get("part") == 0 and args[1][0]["parts"] > 1:
            raise OSError(5, "cut")
        return ask(self, method, *args, **named)

    with monkeypatch.context() as patch:
        patch.setattr(Connection, "ask", cut)
        with pytest.raises(OSError, match="cut"):
            made.publish(store, facts="x")
    assert len(texts.traces("file/")) > len(texts.names("file/"))
    with store.building():
        pass
    assert len(texts.traces("file/")) == len(texts.names("file/")) == before


def test_a_file_of_a_version_of_another_release_is_found(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = Made.of(1, 30).publish(store)
    monkeypatch.setattr("index.versions.FORMAT", 99)
    with pytest.raises(Damaged, match="older release"):
        store.open()
    found = store.file(version.id, "inner/text")
    assert found is not None
    assert found.read_text() == "said"
    assert store.file("0" * 16, "inner/text") is None


def test_no_word_of_a_client_that_nobody_here_uses_is_sent(store: Store) -> None:
    made = Made.of(1, 30)
    version = made.publish(store, large=True)
    unknown = np.array([5, 7], dtype=np.uint64)
    known = made.words.keys[:1]
    assert made.words.numbers(np.concatenate([unknown, known])).tolist() == [0]
    proposals = version.proposals(PROPOSED_BY)
    assert isinstance(proposals, Groups)
    mask = np.arange(30) > 3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.milvus.groups.LISTED", 0)
        told = proposals.condition(mask, Terms([]), made.words.numbers(known))
    assert told == "array_contains_any(held_words, [0])"


def test_versions_that_are_not_served_any_more_take_no_memory_and_can_be_gone_back_to(
    store: Store,
) -> None:
    made = [Made.of(seed, 30).publish(store).id for seed in (1, 2, 3)]
    connection = engine(store)._connection

    def loaded(version: str) -> bool:
        state = connection.ask("get_load_state", f"matcher_{version}")["state"]
        return bool(state.name == "Loaded")

    assert [loaded(version) for version in made] == [False, True, True]
    assert store.rollback(made[0]) == made[0]
    assert store.verified().id == made[0]
    assert loaded(made[0])


@pytest.mark.parametrize("told", [b"no json", b"{}", b"[]"])
def test_a_manifest_that_is_none_is_built_over(store: Store, told: bytes) -> None:
    made = Made.of(1, 30)
    version = made.publish(store)
    engine(store)._texts.put({f"manifest/{version.id}": told})
    with pytest.raises(Damaged, match="build again"):
        Store(store.engine.where).open()
    assert made.publish(store).id == version.id
    assert store.verified().id == version.id


def test_rows_that_were_cut_are_damage_and_are_built_over(store: Store) -> None:
    made = Made.of(1, 30)
    version = made.publish(store)
    connection, own = engine(store)._connection, f"matcher_{version.id}"
    (group,) = connection.ask("query", own, ids=[3], output_fields=["*"])
    cut = [group["rows_passages"][0][:-8]]
    connection.ask("upsert", own, [{**group, "rows_passages": cut}])
    with pytest.raises(Damaged, match="lacks rows: build again"):
        store.verified()
    assert made.publish(store).id == version.id
    assert store.verified().id == version.id


def test_records_keep_their_order_where_a_clock_is_set_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    Made.of(1, 5).publish(store)
    store.engine.append("changes", [{"n": 1}])
    monkeypatch.setattr("time.time_ns", lambda: 5)
    store.engine.append("changes", [{"n": 2}, {"n": 3}])
    assert [line["n"] for line in store.engine.lines("changes")] == [1, 2, 3]


def test_files_that_versions_share_are_sent_once_and_stay_while_one_has_them(store: Store) -> None:
    made = Made.of(1, 30)
    first = made.publish(store)
    before = engine(store)._texts.names("file/")
    made.publish(store, facts="x")
    after = engine(store)._texts.names("file/")
    assert len(after) == len(before) + 1, "one file is another one"
    store.discard(first.id)
    assert len(engine(store)._texts.names("file/")) == len(before)
    assert store.verified()
