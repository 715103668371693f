"""What an index in Milvus has that no other has: copies, and vectors that are no files."""

import shutil
from pathlib import Path

import pytest

from index.errors import Damaged
from index.milvus.engine import Milvus
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
    collection = f"matcher_{version.id}_{rows}"
    other = version.rows(rows).take(version.rows(rows).starts[:1] + 1)[0]
    connection = engine(store)._connection
    connection.ask("upsert", collection, [{"row": 0, "vector": -other}])
    with pytest.raises(Damaged, match=f"{rows}.faiss was changed"):
        store.verified()


def test_a_collection_that_is_gone_is_named(store: Store) -> None:
    version = Made.of(1, 30).publish(store)
    engine(store)._connection.ask("drop_collection", f"matcher_{version.id}_sections")
    with pytest.raises(Damaged, match=f"no matcher_{version.id}_sections: build again"):
        len(version.rows("sections"))


def test_versions_that_are_not_served_any_more_take_no_memory_and_can_be_gone_back_to(
    store: Store,
) -> None:
    made = [Made.of(seed, 30).publish(store).id for seed in (1, 2, 3)]
    connection = engine(store)._connection

    def loaded(version: str) -> bool:
        state = connection.ask("get_load_state", f"matcher_{version}_passages")["state"]
        return bool(state.name == "Loaded")

    assert [loaded(version) for version in made] == [False, True, True]
    assert store.rollback(made[0]) == made[0]
    assert store.verified().id == made[0]
    assert loaded(made[0])


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
