"""A Milvus for tests: Milvus Lite's own server, which can go away and come back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from milvus_lite.adapter.grpc.server import start_server_in_thread


@dataclass
class Server:
    """A server over a folder, on a port that stays the same."""

    folder: Path
    port: int = 0
    _running: list[Any] = field(default_factory=list)

    def start(self) -> None:
        server, held, self.port = start_server_in_thread(str(self.folder), port=self.port)
        self._running = [server, held]

    def stop(self) -> None:
        if self._running:
            server, held = self._running
            server.stop(grace=0).wait()
            held.close()
            self._running = []

    @property
    def where(self) -> str:
        return f"milvus:http://127.0.0.1:{self.port}"


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """A server that runs, and is stopped at the end."""
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
