"""Versions on disk: what is live stays live, and a changed byte is seen."""

import json
import multiprocessing
from pathlib import Path

import pytest

from index.errors import BadInput, Busy, Damaged, NotBuilt, TooNew
from index.versions import Store


def publish(store: Store, content: str) -> str:
    with store.building() as made:
        (made / "inner").mkdir()
        (made / "inner" / "file").write_text(content)
        (made / "other").write_bytes(b"\x00\x01")
        version = store.seal(made, {"counts": {"therapists": 1}})
    store.publish(version)
    return version


def test_a_published_version_is_opened(tmp_path: Path) -> None:
    store = Store(tmp_path / "index")
    version = publish(store, "first")
    opened = store.open()
    assert (opened.id, opened.manifest["counts"]) == (version, {"therapists": 1})
    assert (opened.folder / "inner" / "file").read_text() == "first"


def test_the_same_content_gives_the_same_id_and_other_content_another(tmp_path: Path) -> None:
    one, two = Store(tmp_path / "one"), Store(tmp_path / "two")
    assert publish(one, "same") == publish(two, "same") != publish(two, "other")


def test_the_history_names_the_parent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second = publish(store, "first"), publish(store, "second")
    lines = (tmp_path / "history.jsonl").read_text().splitlines()
    told = [(line["version"], line["parent"]) for line in map(json.loads, lines)]
    assert told == [(first, None), (second, first)]


@pytest.mark.parametrize("file", ["inner/file", "other", "manifest.json"])
def test_a_flipped_byte_anywhere_is_refused_by_name(tmp_path: Path, file: str) -> None:
    store = Store(tmp_path)
    path = store.versions / publish(store, "content") / file
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged, match=file):
        store.open()


@pytest.mark.parametrize("file", ["inner/file", "manifest.json"])
def test_a_file_cut_short_or_gone_is_refused_by_name(tmp_path: Path, file: str) -> None:
    store = Store(tmp_path)
    path = store.versions / publish(store, "content") / file
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Damaged, match=file):
        store.open()
    path.unlink()
    with pytest.raises(Damaged, match=file):
        store.open()


def test_hashes_can_be_left_unchecked_and_sizes_cannot(tmp_path: Path) -> None:
    store = Store(tmp_path)
    version = publish(store, "content")
    damage(store, version)
    assert store.open(hashes=False).id == version
    (store.versions / version / "other").write_bytes(b"longer")
    with pytest.raises(Damaged, match="other has 6 bytes instead of 2"):
        store.open(hashes=False)


def test_building_the_same_again_mends_a_damaged_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    version = publish(store, "content")
    (store.versions / version / "other").write_bytes(b"??")
    assert publish(store, "content") == version
    assert store.open().id == version
    assert publish(store, "content") == version
    assert [p.name for p in store.versions.iterdir()] == [version]


def test_a_crash_while_current_is_written_leaves_it_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    first = publish(store, "first")

    def crash(path: Path, text: str, *args: object) -> None:
        path.write_bytes(text.encode()[:5])
        raise KeyboardInterrupt

    with monkeypatch.context() as crashing:
        crashing.setattr(Path, "write_text", crash)
        with pytest.raises(KeyboardInterrupt):
            store.publish(first)
    assert store.current() == first


def test_what_an_earlier_build_left_is_swept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    left = store.versions / ".making-left"
    left.mkdir(parents=True)
    (left / "half").write_text("a file")
    publish(store, "content")
    assert [p.name for p in store.versions.iterdir()] == [store.current()]


def test_a_build_that_fails_leaves_the_live_version(tmp_path: Path) -> None:
    store = Store(tmp_path)
    version = publish(store, "content")
    with pytest.raises(IsADirectoryError), store.building() as made:  # noqa: PT012
        (made / "file").mkdir()
        (made / "file").write_text("half")
    assert store.open().id == version
    assert len(list(store.versions.iterdir())) == 1


def hold(folder: Path, held: "multiprocessing.synchronize.Event") -> None:
    with Store(folder).building():
        held.set()
        multiprocessing.Event().wait(60)


def test_a_second_build_is_told_and_a_dead_one_holds_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    other = context.Process(target=hold, args=(tmp_path, held))
    other.start()
    try:
        assert held.wait(60)
        with pytest.raises(Busy, match=f"process {other.pid} "), Store(tmp_path).building():
            pass
    finally:
        other.kill()
        other.join()
    publish(Store(tmp_path), "content")


def test_a_folder_without_a_version_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="matcher build"):
        Store(tmp_path / "nothing").open()


@pytest.mark.parametrize("content", [b"", b"not an id", b"../../etc", b"\xff\xfe"])
def test_a_current_that_holds_no_id_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "CURRENT").write_bytes(content)
    with pytest.raises(Damaged, match="CURRENT"):
        Store(tmp_path).open()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="name a folder"), Store(tmp_path / "file").building():
        pass


def test_a_newer_format_asks_for_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path)
    with monkeypatch.context() as newer:
        newer.setattr("index.versions.FORMAT", 99)
        publish(store, "content")
    with pytest.raises(TooNew, match="upgrade"):
        store.open()


def damage(store: Store, version: str) -> None:
    (store.versions / version / "other").write_bytes(b"??")


def test_a_rollback_goes_to_the_version_built_over_and_not_back_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second, third = (publish(store, text) for text in ("first", "second", "third"))
    assert store.rollback() == second == store.current()
    assert store.rollback() == first == store.current()
    with pytest.raises(NotBuilt, match="no earlier version"):
        store.rollback()
    assert store.rollback(third[:6]) == third == store.current()


def test_a_rollback_passes_over_a_damaged_version_and_never_goes_to_one(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first, second, third = (publish(store, text) for text in ("first", "second", "third"))
    damage(store, second)
    with pytest.raises(Damaged):
        store.rollback(second)
    assert store.current() == third
    assert store.rollback() == first


def test_where_the_live_version_is_damaged_its_nearest_sound_ancestor_stands_in(
    tmp_path: Path,
) -> None:
    store = Store(tmp_path)
    first, second, third = (publish(store, text) for text in ("first", "second", "third"))
    assert store.sound() == (store.open(third), "")
    damage(store, third)
    version, trouble = store.sound()
    assert version.id == second
    assert f"version {third}: other" in trouble
    assert f"version {second} stands in" in trouble
    damage(store, second)
    assert store.sound()[0].id == first
    (tmp_path / "CURRENT").write_text("torn")
    assert store.sound()[0].id == first
    damage(store, first)
    with pytest.raises(Damaged):
        store.sound()


def test_old_versions_are_pruned_but_never_the_live_one_or_its_parent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    made = [publish(store, str(n)) for n in range(6)]
    assert sorted(store.prune(3)) == sorted(made[:3])
    store.rollback()
    store.rollback()
    # Live is made[3], whose parent is gone; the last one made live is made[3] itself.
    assert sorted(store.prune(1)) == sorted(made[4:])
    assert store.ids() == [made[3]]


def test_a_version_is_named_by_how_its_id_begins(tmp_path: Path) -> None:
    store = Store(tmp_path)
    version = publish(store, "first")
    assert store.named(version[:4]) == version
    with pytest.raises(BadInput, match="no version begins with zz"):
        store.named("zz")
    publish(store, "second")
    with pytest.raises(BadInput, match="several versions begin with"):
        store.named("")
