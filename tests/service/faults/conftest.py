"""One real server for many faults; after each, what surviving means is checked."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.service.conftest import serving

CANARY = "zanzibarteapot"  # in all that a fault sends; to be found nowhere
QUIET = 3.0  # seconds without a byte after which no more is expected
ROOM = 60_000_000  # bytes of memory that may come and go for other reasons


@dataclass(frozen=True)
class Server:
    """A `matcher serve` over an index folder of its own."""

    address: str
    index: Path
    log: Path
    process: int

    @property
    def place(self) -> tuple[str, int]:
        """Where its socket is."""
        host, port = self.address.removeprefix("http://").split(":")
        return host, int(port)

    def live(self) -> str:
        """The version that answers a new client."""
        return str(httpx2.get(f"{self.address}/readyz", timeout=10).json()["version"])

    def answers(self) -> bool:
        """Whether somebody else is helped."""
        asked = {"text": "I can't sleep since my mother died"}
        answer = httpx2.post(f"{self.address}/v1/match", json=asked, timeout=20)
        return answer.status_code == 200 and len(answer.json()["matches"]) == 5

    def said(self) -> str:
        """All that is in the log."""
        return self.log.read_text("utf-8", "replace")

    def memory(self, kind: str = "VmRSS") -> int:
        """Resident bytes now, or with VmHWM at most since they were last forgotten."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(kind))

    def forget_peak(self) -> None:
        """Let VmHWM begin anew."""
        Path(f"/proc/{self.process}/clear_refs").write_text("5")

    def sent(self, data: bytes) -> bytes:
        """What comes back for these bytes, until the server closes or falls silent."""
        with socket.create_connection(self.place, timeout=QUIET) as connection:
            back = b""
            with suppress(OSError):  # it may close before it has read everything
                connection.sendall(data)
            with suppress(OSError):
                while piece := connection.recv(65536):
                    back += piece
            return back

    def posted(self, body: bytes, path: str = "/v1/match") -> int:
        """The status that a JSON body is answered with."""
        kind = "Content-Type: application/json\r\nConnection: close"
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return status(self.sent(head.encode() + body))


def status(answer: bytes) -> int:
    """The status of an answer's first line; 0 where there is none."""
    words = answer.split(b"\r\n", 1)[0].split()
    return int(words[1]) if len(words) > 1 else 0


def meant(code: int) -> bool:
    """Whether a client may be answered so, whatever was sent."""
    return 100 <= code < 500 or code == 503


def process_on(port: int) -> int:
    """The process that was started to listen on a port."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if f"--port\0{port}\0".encode() in path.read_bytes():
                return int(path.parent.name)
    raise LookupError("no server was started on this port")


@pytest.fixture(scope="session")
def server(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server; `survives` is what to ask for."""
    if not Path("/proc/self/status").is_file():
        pytest.skip("reads what a process uses from Linux's /proc")
    folder = tmp_path_factory.mktemp("faults")
    index = Path(shutil.copytree(built, folder / "index"))
    with serving(index, log=folder / "server.log") as address:
        started = Server(
            address, index, folder / "server.log", process_on(int(address.rsplit(":", 1)[1]))
        )
        for text in ("I can't sleep", "I can't sleep since she died. " * 130):
            started.posted(json.dumps({"text": text}).encode())
        yield started


@pytest.fixture
def survives(server: Server) -> Iterator[Server]:
    """The server before a fault; afterwards it must be well, and have kept nothing."""
    before, version, said = server.memory(), server.live(), len(server.said())
    yield server
    assert server.answers()
    assert server.live() == version
    assert process_on(server.place[1]) == server.process
    assert server.memory() < before + ROOM
    told = server.said()
    assert CANARY not in told
    assert "Traceback" not in told[said:]
    assert " failed: " not in told[said:]
