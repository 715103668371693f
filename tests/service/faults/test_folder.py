"""The index folder itself: gone, read-only, full, or with changes that are none."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

import httpx2
import pytest

from index.versions import Store
from matcher.changes import note_set
from tests.service.conftest import serving, wait_until
from tests.service.faults.conftest import Server
from tests.small import CHANGES, COUPLES, GRIEF, PANIC, THERAPISTS, write_directory


def accepting(address: str, id_: str) -> object:
    return httpx2.get(f"{address}/v1/therapists/{id_}", timeout=10).json().get("accepting")


def matcher(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """A mount that is there meanwhile; skips the test where this user may not have one."""
    place.mkdir(exist_ok=True)
    done = subprocess.run(
        ["mount", *options, str(place)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"needs a user who may mount: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def read_only(place: Path) -> AbstractContextManager[None]:
    """What is mounted there takes nothing more; it is unmounted by whoever mounted it."""
    subprocess.run(["mount", "-o", "remount,bind,ro", str(place)], check=True)
    return nullcontext()


def test_a_folder_that_goes_away_is_not_missed_and_followed_again(survives: Server) -> None:
    told = len(survives.said())
    away = survives.index.rename(survives.index.with_name("away"))
    try:
        wait_until(lambda: "holds no index" in survives.said()[told:], 20)
        assert survives.answers()
        assert httpx2.get(f"{survives.address}/v1/approaches").is_success
        assert accepting(survives.address, GRIEF) is True
    finally:
        away.rename(survives.index)
    note_set(survives.index, GRIEF, {"accepting": False})
    wait_until(lambda: accepting(survives.address, GRIEF) is False, 20)
    (survives.index / CHANGES).unlink()
    wait_until(lambda: accepting(survives.address, GRIEF) is True, 20)


def test_files_that_are_deleted_under_it_are_still_read(built: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(built, tmp_path / "index"))
    with serving(index) as address:
        shutil.rmtree(index)
        for text in ("I can't sleep", "We fight about the dishes. " * 100):
            answer = httpx2.post(f"{address}/v1/match", json={"text": text}, timeout=20)
            assert len(answer.json()["matches"]) == 5
        asked = {"filters": {"state": "WA", "near": {"zip": "98101"}}}
        assert httpx2.post(f"{address}/v1/counts", json=asked, timeout=20).is_success


def test_a_folder_that_is_read_only_is_served(built: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(built, tmp_path / "index"))
    with (
        mounted(tmp_path / "seen", "--bind", str(index)),
        read_only(tmp_path / "seen"),
        serving(tmp_path / "seen") as address,
    ):
        assert httpx2.post(f"{address}/v1/match", json={"text": "I can't sleep"}).is_success
        done = matcher("set", GRIEF, "--accepting", "no", "--index", tmp_path / "seen")
        assert done.returncode == 1
        assert "Read-only" in done.stderr
        note_set(index, GRIEF, {"accepting": False})  # by another way in
        wait_until(lambda: accepting(address, GRIEF) is False, 20)


def test_a_full_disk_leaves_the_version_and_the_changes_that_are_there(
    built: Path, tmp_path: Path
) -> None:
    disk, held = tmp_path / "disk", sum(p.stat().st_size for p in built.rglob("*"))
    size = f"size={held + 8_000_000}"  # not enough for another version
    with mounted(disk, "-t", "tmpfs", "-o", size, "tmpfs"):
        index = Path(shutil.copytree(built, disk / "index"))
        before = Store(index).current()
        path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:4])
        with serving(index, log=disk / "server.log") as address:
            done = matcher("build", path, "--index", index)
            assert done.returncode == 1
            assert "what was live still is. A version takes about" in done.stderr
            filled(disk / "filler")
            assert matcher("set", GRIEF, "--accepting", "no", "--index", index).returncode == 1
            (index / "CURRENT").write_text(before + "\n")
            answer = httpx2.post(f"{address}/v1/match", json={"text": "I can't sleep"})
            assert answer.json()["version"] == f"{before}+0"
            (disk / "filler").unlink()
            assert matcher("set", GRIEF, "--accepting", "no", "--index", index).returncode == 0
            wait_until(lambda: accepting(address, GRIEF) is False, 20)


def filled(path: Path) -> None:
    """Take all the room there is, to the last byte."""
    with path.open("wb", buffering=0) as file:
        for size in (1_000_000, 4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


def test_a_disk_that_takes_no_large_file_leaves_the_live_version(
    built: Path, tmp_path: Path
) -> None:
    """As on a full disk, for who may not mount one: no file may grow beyond 5 MB."""
    index = Path(shutil.copytree(built, tmp_path / "index"))
    before = Store(index).current()
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:4])
    build = f"exec {sys.executable} -m service build {path} --index {index}"
    done = subprocess.run(
        ["bash", "-c", f"ulimit -f 5000; {build}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert Store(index).open().id == before
    assert [p.name for p in (index / "versions").iterdir()] == [before]


GARBAGE = [
    b"\xff\xfe nonsense\n",
    b"[1, 2]\nnull\n7\n",
    b'{"remove": true}\n{"id": 5, "remove": true}\n',
    b'{"id": "grief", "set": 3}\n{"id": "grief", "set": ["accepting"]}\n',
    b'{"id": "couples", "at": 7, "set": {"fee_min": "much", "languages": 3}}\n',
    b'{"id": "couples", "at": "2099", "set": {"statements": 7, "name": null}}\n',
    b"[" * 100_000 + b"\n",
    b"\0" * 1000 + b"\n",
]
HALF = b'{"id": "panic", "rem'


@pytest.mark.parametrize("before", [True, False], ids=["at start", "while serving"])
def test_changes_that_are_none_keep_no_other_from_counting(
    built: Path, tmp_path: Path, before: bool
) -> None:
    index = Path(shutil.copytree(built, tmp_path / "index"))
    paused = json.dumps({"at": "2099-01-01", "id": GRIEF, "set": {"accepting": False}}).encode()
    content = b"".join(GARBAGE) + paused + b"\n" + HALF
    if before:
        (index / CHANGES).write_bytes(content)
    with serving(index, log=tmp_path / "log") as address:
        if not before:
            (index / CHANGES).write_bytes(content)
        wait_until(lambda: accepting(address, GRIEF) is False, 20)
        assert accepting(address, COUPLES) is True
        assert httpx2.get(f"{address}/v1/therapists/{PANIC}").is_success
        answer = httpx2.post(f"{address}/v1/match", json={"text": "I can't sleep"}, timeout=20)
        assert answer.json()["version"].endswith("+1")
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_without_its_encoder_it_does_not_start_and_says_what_is_missing(
    built: Path, tmp_path: Path
) -> None:
    index = Path(shutil.copytree(built, tmp_path / "index"))
    (Store(index).open().folder / "encoder" / "model.onnx").unlink()
    done = matcher("serve", "--index", index, "--port", "0")
    assert done.returncode == 1
    assert "encoder/model.onnx can't be read" in done.stderr
    assert "build again" in done.stderr


def test_an_encoder_that_goes_missing_is_in_memory(survives: Server) -> None:
    folder = survives.index / "versions" / survives.live() / "encoder"
    away = folder.rename(folder.with_name("away"))
    try:
        assert survives.answers()
    finally:
        away.rename(folder)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_changes_that_may_not_be_read_stop_the_start(built: Path, tmp_path: Path) -> None:
    index = Path(shutil.copytree(built, tmp_path / "index"))
    (index / CHANGES).touch(mode=0)
    done = matcher("search", "I can't sleep", "--index", index)
    assert done.returncode == 1
    assert "can't be read" in done.stderr
