"""A client for the small directory, and a real server where a test needs one."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from service import keys
from service.app import create
from service.settings import Settings


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """As it was before: `serve` sets where the index is, and whoever asks next would serve it."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def client(built: Path) -> Iterator[TestClient]:
    """The application over the small directory, in this process."""
    settings = Settings(index=built, notice="This directory is made up.")
    with TestClient(create(settings), raise_server_exceptions=False) as client:
        yield client


def admins(index: Path) -> dict[str, str]:
    """The header of a new admin key."""
    _, token = keys.add(index / "keys.json", "the directory", ["admin"])
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def api(index: Path) -> Iterator[TestClient]:
    """The application over an index of its own, called with an admin key."""
    app, headers = create(Settings(index=index)), admins(index)
    with TestClient(app, raise_server_exceptions=False, headers=headers) as client:
        yield client


def told(answer: Any, status: int) -> str:
    """What a problem of this status says."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])


def free_port() -> int:
    """A port nobody listens on just now."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(index: Path | str, *options: str, log: Path | None = None) -> Iterator[str]:
    """A real `matcher serve` over an index folder; yields its address once it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "service", "serve", "--index", str(index)]
    output = log.open("wb") if log else subprocess.DEVNULL
    process = subprocess.Popen(
        [*command, "--port", str(port), *options], stdout=output, stderr=subprocess.STDOUT
    )
    base = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: httpx2.get(f"{base}/readyz", timeout=5).status_code == 200)
        yield base
    finally:
        process.terminate()
        process.wait(15)
        if log:
            output.close()  # type: ignore[union-attr]


def wait_until(true: "object", seconds: float = 60) -> None:
    """Wait until a call is true; a refused connection counts as not yet."""
    assert callable(true)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if true():
                return
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("waited in vain")
