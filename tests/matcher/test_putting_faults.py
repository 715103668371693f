"""Whatever breaks while records are put, what was live still is."""

import errno
import multiprocessing
import random
from pathlib import Path
from typing import Any

import pytest

from index.errors import Busy, Damaged, NotBuilt, Unwritable
from index.versions import Store
from matcher import Matcher
from matcher.putting import put
from matcher.removal import leave, set_fields
from matcher.standing import Standing
from tests.small import CHANGES, FLYING, GRIEF, PANIC, THERAPISTS, record

Record = dict[str, Any]
ABOARD = "I can't board a plane"


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("shutil.copyfile", OSError(errno.ENOSPC, "No space left on device")),
        ("pyarrow.feather.write_feather", OSError(errno.EROFS, "Read-only file system")),
        ("faiss.write_index", RuntimeError("write error in somewhere.cpp")),
        ("index.folder.append_lines", OSError(errno.ENOSPC, "No space left on device")),
        ("os.fsync", OSError(errno.EIO, "Input/output error")),
    ],
)
def test_a_disk_that_takes_no_more_changes_nothing(
    index: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    set_fields(index, GRIEF, {"accepting": False})
    before, changes = Store(index).current(), (index / CHANGES).read_bytes()

    def full(*args: object, **kwargs: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(place, full)
        with pytest.raises(Unwritable, match=r"what was live still is\. A version takes about"):
            put(index, [FLYING, THERAPISTS[0]])
    assert (Store(index).current(), (index / CHANGES).read_bytes()) == (before, changes)
    assert record(index, GRIEF)["accepting"] is False
    put(index, [FLYING, THERAPISTS[0]])
    assert record(index, GRIEF) == THERAPISTS[0]


def test_only_one_is_at_work_and_another_is_told(index: Path) -> None:
    with Store(index).locked():
        with pytest.raises(Busy, match="wait for it"):
            put(index, [FLYING])
        # What needs no version does not wait.
        set_fields(index, GRIEF, {"accepting": False})
        leave(index, PANIC)
    assert Matcher.open(index).therapist(PANIC) is None


def test_where_nothing_is_built_or_what_is_live_is_damaged_nothing_is_put(
    index: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotBuilt):
        put(tmp_path / "none", [FLYING])
    assert not (tmp_path / "none").exists()
    version = Store(index).open()
    (version.folder / "hubs.npy").write_bytes(b"")
    with pytest.raises(Damaged, match=r"hubs\.npy"):
        put(index, [FLYING])


def test_a_kill_at_any_instant_leaves_all_or_nothing(index: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["matcher.putting", "tests.small"])
    chance = random.Random(20261130)
    set_fields(index, GRIEF, {"accepting": False})
    store = Store(index)
    for number in range(10):
        before = {therapist["id"]: therapist for therapist in Standing(index)}
        news = [FLYING | {"fee_min": number}, THERAPISTS[3] | {"fee_min": number}]
        process = processes.Process(target=put, args=(index, news))
        process.start()
        process.join(chance.uniform(0, 1.5))
        process.kill()
        process.join()
        live, trouble = store.sound()
        assert (trouble, live.id) == ("", store.current())
        after = {therapist["id"]: therapist for therapist in Standing(index)}
        assert after in (before, before | {news[0]["id"]: news[0], news[1]["id"]: news[1]})
    put(index, news)
    assert record(index, "flying") == news[0]
    assert [p.name for p in store.versions.iterdir() if p.name not in store.ids()] == []
