"""A worker that is killed: the other goes on, and a new one comes."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2

from tests.service.conftest import serving, wait_until
from tests.service.faults.conftest import process_on


def children(process: int) -> set[int]:
    """The workers of a server: other children keep its books."""
    found: set[int] = set()
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        found |= {int(child) for child in tasks.read_text().split()}
    return {one for one in found if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()}


def at_work(server: int) -> set[int]:
    """The workers that have a version in memory; without one, none can be told to end either."""
    return {
        one for one in children(server) if b"words.npy" in Path(f"/proc/{one}/maps").read_bytes()
    }


def answered(address: str) -> bool:
    """Whether a new client is helped, over a connection of its own."""
    asked = {"text": "I can't sleep"}
    return httpx2.post(f"{address}/v1/match", json=asked, timeout=20).status_code == 200


def test_a_killed_worker_is_replaced_and_the_other_answers(index: Path, tmp_path: Path) -> None:
    with serving(index, "--workers", "2", log=tmp_path / "log") as address:
        server = process_on(int(address.rsplit(":", 1)[1]))
        wait_until(lambda: len(at_work(server)) == 2)
        victim = min(at_work(server))
        os.kill(victim, signal.SIGKILL)
        with ThreadPoolExecutor(4) as crowd:
            assert all(crowd.map(answered, [address] * 20))
        wait_until(lambda: len(at_work(server) - {victim}) == 2)
        assert all(answered(address) for _ in range(5))
    assert "Traceback" not in (tmp_path / "log").read_text()
