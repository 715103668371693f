"""Versions that are published and must not be served; the one at hand goes on."""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from index.versions import Store
from service.live import EVERY
from tests.service.conftest import wait_until
from tests.service.faults.conftest import Server

NUMBERS = count()


def another(index: Path, columns: bytes | None = None) -> Path:
    """A version with an id of its own over the same files, or with columns made by hand."""
    store = Store(index)
    source = store.open(sorted(store.ids())[0], hashes=False)
    manifest = json.loads(json.dumps({**source.manifest, "number": next(NUMBERS)}))
    folder = index / "versions" / ".making-another"
    shutil.copytree(source.folder, folder, copy_function=os.link)
    if columns is not None:
        rewrite(folder / "columns.arrow", lambda _: columns)
        told = {"bytes": len(columns), "sha256": hashlib.sha256(columns).hexdigest()}
        manifest["files"]["columns.arrow"] = told
    text = json.dumps(manifest).encode()
    rewrite(folder / "manifest.json", lambda _: text)
    return folder.rename(folder.with_name(hashlib.sha256(text).hexdigest()[:16]))


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Write a file anew, so that the versions it is linked to keep theirs."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(change(content))


def foldered(path: Path) -> None:
    path.unlink()
    path.mkdir()


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.fixture
def live(survives: Server) -> Iterator[Server]:
    """The server, whose CURRENT is what it was afterwards."""
    before = survives.live()
    yield survives
    current = survives.index / "CURRENT"
    if current.is_dir():
        current.rmdir()
    current.write_text(before + "\n")
    wait_until(lambda: survives.live() == before)
    time.sleep(2 * EVERY)  # it has looked: what is said again next is said anew
    for name in Store(survives.index).ids():
        if name != before:
            Store(survives.index).discard(name)


def stays(server: Server, said: str, before: str, told: str) -> None:
    """It says once that it stays with the version at hand, and does."""
    wait_until(lambda: said in server.said()[len(told) :], 20)
    time.sleep(3 * EVERY)  # looks again, and says nothing more
    assert server.said()[len(told) :].count(said) == 1
    assert server.live() == before
    assert server.answers()


DAMAGE: dict[str, tuple[str, Callable[[Path], object]]] = {
    "a flipped byte": (
        "passages.faiss was changed",
        lambda v: rewrite(v / "passages.faiss", flipped),
    ),
    "a flipped byte in the encoder": (
        "encoder/model.onnx was changed",
        lambda v: rewrite(v / "encoder" / "model.onnx", flipped),
    ),
    "a truncated file": (
        "therapists.arrow has",
        lambda v: rewrite(v / "therapists.arrow", lambda content: content[:-1]),
    ),
    "a missing file": ("columns.arrow can't be read", lambda v: (v / "columns.arrow").unlink()),
    "a missing encoder": (
        "encoder/words.npy can't be read",
        lambda v: (v / "encoder" / "words.npy").unlink(),
    ),
    "a folder for a file": ("zips.arrow", lambda v: foldered(v / "zips.arrow")),
    "another's manifest": (
        "manifest.json was changed",
        lambda v: rewrite(v / "manifest.json", lambda content: content + b" "),
    ),
    "no manifest": ("no readable manifest.json", lambda v: (v / "manifest.json").unlink()),
    "no version": ("no readable manifest.json", shutil.rmtree),
}


@pytest.mark.parametrize(("said", "damage"), DAMAGE.values(), ids=DAMAGE.keys())
def test_a_damaged_version_is_refused(
    live: Server, said: str, damage: Callable[[Path], object]
) -> None:
    before, told = live.live(), live.said()
    version = another(live.index)
    damage(version)
    Store(live.index).publish(version.name)
    stays(live, f"{version.name}", before, told)
    assert said in live.said()[len(told) :]


def test_a_version_whose_hashes_are_right_and_whose_content_is_none_is_refused(
    live: Server,
) -> None:
    before, told = live.live(), live.said()
    version = another(live.index, columns=b"nothing that could be a table")
    Store(live.index).publish(version.name)
    stays(live, f"version {version.name} can't be read", before, told)


CURRENTS = {
    "nothing": b"",
    "another text": b"the latest one, please\n",
    "no text": b"\xff\xfe\x00",
    "a path": b"../../../etc/passwd",
    "much": b"0" * 10_000_000,
}


@pytest.mark.parametrize("content", CURRENTS.values(), ids=CURRENTS.keys())
def test_a_current_that_names_no_version_changes_nothing(live: Server, content: bytes) -> None:
    before, told = live.live(), live.said()
    (live.index / "CURRENT").write_bytes(content)
    stays(live, "CURRENT", before, told)


@pytest.mark.parametrize("made", [False, True], ids=["gone", "a folder"])
def test_no_current_changes_nothing(live: Server, made: bool) -> None:
    before, told = live.live(), live.said()
    (live.index / "CURRENT").unlink()
    if made:
        (live.index / "CURRENT").mkdir()
    stays(live, "CURRENT" if made else "holds no index", before, told)


def test_a_sound_version_is_followed_after_all_that(live: Server) -> None:
    version = another(live.index)
    Store(live.index).publish(version.name)
    wait_until(lambda: live.live() == version.name, 20)
    assert live.answers()
