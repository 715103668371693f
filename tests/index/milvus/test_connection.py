"""A Milvus that goes away, comes back, and is shared."""

import multiprocessing
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import Away, Missing, NotBuilt
from index.milvus.connection import Connection
from index.milvus.groups import Groups
from index.versions import Store
from tests.index.made import Made
from tests.index.milvus.serving import Server, serving

SOON = 15.0


@pytest.fixture(autouse=True)
def _own_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("index.rows.DECODED", 0)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "served.db") as server:
        yield server


def soon(done: Callable[[], object]) -> None:
    """Wait until this no longer says that the server is away."""
    until = time.monotonic() + SOON
    while True:
        try:
            done()
        except Away:
            assert time.monotonic() < until
            time.sleep(0.1)
        else:
            return


def test_a_server_that_is_away_is_named_and_found_again_when_it_is_back(server: Server) -> None:
    made, store = Made.of(1, 40), Store(server.where)
    version = made.publish(store)
    numbers = np.arange(5)
    before = version.rows("passages").take(numbers)
    server.stop()
    begun = time.monotonic()
    for ask in (store.current, store.open, lambda: version.rows("passages").take(numbers)):
        with pytest.raises(Away, match=rf"127\.0\.0\.1:{server.port} can't be reached"):
            ask()
    assert time.monotonic() - begun < 10
    server.start()
    soon(store.current)
    assert store.current() == version.id
    assert (version.rows("passages").take(numbers) == before).all()


def test_a_server_that_says_nothing_is_away_in_good_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "import sys; from milvus_lite.adapter.grpc.server import start_server_in_thread as start; "
        "held = start(sys.argv[1]); print(held[2], flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "mute.db")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        store = Store(f"milvus:http://127.0.0.1:{process.stdout.readline().strip()}")
        Made.of(1, 20).publish(store)
        monkeypatch.setattr(Connection.ask, "__kwdefaults__", {"timeout": 1})
        monkeypatch.setattr("index.milvus.engine.QUICK", 1)
        process.send_signal(signal.SIGSTOP)
        begun = time.monotonic()
        try:
            for ask in (store.current, store.ids):
                with pytest.raises(Away):
                    ask()
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()
        assert time.monotonic() - begun < 10


def test_a_build_that_loses_its_server_leaves_what_is_live(server: Server) -> None:
    store = Store(server.where)
    live = Made.of(1, 40).publish(store)
    keep = Groups.keep

    def lost(*args: Any) -> None:
        server.stop()
        keep(*args)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Groups, "keep", lost)
        with pytest.raises(Away):
            Made.of(2, 40).publish(store)
    server.start()
    soon(store.current)
    assert store.open().id == live.id
    assert store.ids() == [live.id]
    other = Made.of(2, 40).publish(store)
    assert store.verified().id == other.id


def test_two_directories_on_one_server_know_nothing_of_each_other(server: Server) -> None:
    one, other = Store(f"{server.where}#north"), Store(f"{server.where}#north_west")
    made = Made.of(1, 20).publish(one)
    with pytest.raises(NotBuilt):
        other.current()
    second = Made.of(2, 20).publish(other)
    other.prune(1)
    one.rollback(made.id)
    Made.of(3, 20).publish(other)
    assert one.verified().id == made.id
    assert second.id in other.ids()
    assert made.id not in other.ids()


def look(where: str, answers: "multiprocessing.Queue[str]") -> None:
    answers.put(Store(where).current())


def test_a_file_is_read_and_written_by_several_processes(tmp_path: Path) -> None:
    where = f"milvus:{tmp_path}/lite.db"
    version = Made.of(1, 20).publish(Store(where))
    processes = multiprocessing.get_context("spawn")
    answers = processes.Queue()
    other = processes.Process(target=look, args=(where, answers))
    other.start()
    assert answers.get(timeout=60) == version.id
    other.join(timeout=60)
    assert other.exitcode == 0


def test_whoever_is_left_serves_the_file_on_when_its_holder_is_killed(tmp_path: Path) -> None:
    where = f"milvus:{tmp_path}/lite.db"
    code = (
        "import sys, time; from index.versions import Store; from tests.index.made import Made; "
        "print(Made.of(1, 20).publish(Store(sys.argv[1])).id, flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, where], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    version = holder.stdout.readline().strip()
    store = Store(where)
    assert store.current() == version
    holder.kill()
    holder.wait()
    holder.stdout.close()
    assert store.current() == version
    assert store.verified().id == version


def test_without_the_extra_the_error_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "index.milvus.engine", None)
    with pytest.raises(Missing, match=r"pip install 'therapist-matcher\[milvus\]'"):
        Store(f"milvus:{tmp_path}/lite.db")
