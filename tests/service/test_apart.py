"""Work in a process of its own: it ends with whoever asked for it, and changes all or nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from index.versions import Store
from tests.service.conftest import admins, free_port, told, wait_until
from tests.small import FLYING


def test_work_that_is_killed_changes_nothing_and_may_be_tried_again(
    index: Path, api: TestClient
) -> None:
    before = Store(index).current()
    answers: list[Any] = []
    putting = threading.Thread(
        target=lambda: answers.append(api.put("/v1/therapists", json={"therapists": [FLYING]}))
    )
    putting.start()
    wait_until(lambda: children(os.getpid()))
    for child in children(os.getpid()):
        os.kill(child, signal.SIGKILL)
    putting.join()
    assert "try again" in told(answers[0], 503)
    assert int(answers[0].headers["retry-after"]) > 0
    assert Store(index).current() == before
    assert api.put("/v1/therapists", json={"therapists": [FLYING]}).status_code == 200


def children(process: int) -> list[int]:
    """The processes that work apart for this one."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            stat, command = (path / "stat").read_text(), (path / "cmdline").read_bytes()
        except OSError:
            continue
        if int(stat.rpartition(")")[2].split()[1]) == process and b"service.apart" in command:
            found.append(int(path.name))
    return found


@pytest.mark.parametrize("end", [subprocess.Popen.terminate, subprocess.Popen.kill])
def test_a_server_that_ends_takes_its_work_along(index: Path, end: Any) -> None:
    port, before, headers = free_port(), Store(index).current(), admins(index)
    command = [sys.executable, "-m", "service", "serve", "--index", str(index)]
    server = subprocess.Popen([*command, "--port", str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: httpx2.get(f"{address}/readyz").is_success)
        many = [FLYING | {"id": f"f-{n}", "statements": words(n)} for n in range(2000)]

        def ask() -> None:
            with suppress(httpx2.TransportError):
                body = {"therapists": many}
                httpx2.put(f"{address}/v1/therapists", json=body, headers=headers, timeout=60)

        asking = threading.Thread(target=ask)
        asking.start()
        wait_until(lambda: children(server.pid))
        (child,) = children(server.pid)
        time.sleep(1)
        end(server)
        server.wait(30)
        wait_until(lambda: not Path(f"/proc/{child}").exists(), 60)
        asking.join()
    finally:
        server.kill()
        server.wait()
    assert Store(index).open().id == before
    with Store(index).locked():
        pass


def words(number: int) -> list[dict[str, str]]:
    return [
        {"text": f"Some are afraid of the number {number}{n}. We count to it."} for n in range(9)
    ]


def test_an_error_that_nobody_foresaw_says_nothing_of_the_record(
    index: Path, api: TestClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.admin.put_body", int)  # int(folder, body) can't be
    answer = api.put("/v1/therapists", json={"therapists": [FLYING]})
    assert "nothing of it was kept" in told(answer, 500)
    assert "TypeError at apart.py" in caplog.text
    assert "Flora" not in caplog.text
