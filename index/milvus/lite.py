"""Milvus Lite's file, which one process holds: it serves all others of this machine."""

import atexit
import logging
import os
import socket
import threading
import time
from pathlib import Path

from milvus_lite.adapter.grpc.server import start_server_in_thread
from milvus_lite.exceptions import DataDirLockedError

from index.errors import Away

HOST = "127.0.0.1"
PATIENCE = 5.0  # seconds for who opened a file to tell where it is served

# Milvus's client asks it for some things that it doesn't have, and does without; and it writes down
# what could not be searched.
for name in ("grpc._server", "milvus_lite"):
    logging.getLogger(name).setLevel(logging.CRITICAL + 1)

_ports: dict[Path, int] = {}  # of the files that this process serves
_starting = threading.Lock()


def served(file: Path) -> str:
    """The address at which a file is served: from here, unless another process holds it.

    Raises Away where that doesn't say at which.
    """
    told = file.with_name(f"{file.name}.port")
    until = time.monotonic() + PATIENCE
    with _starting:
        while file not in _ports:
            try:
                _start(file, told)
            except DataDirLockedError:
                if (port := _read(told)) and _answers(port):
                    return f"http://{HOST}:{port}"
                if time.monotonic() > until:
                    raise Away(f"another process holds {file} and does not serve it") from None
                time.sleep(0.05)
        return f"http://{HOST}:{_ports[file]}"


def _start(file: Path, told: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    server, held, port = start_server_in_thread(str(file), HOST, 0)

    def stop() -> None:
        server.stop(grace=1).wait()
        held.close()

    atexit.register(stop)
    fresh = told.with_name(f"{told.name}.{os.getpid()}")
    fresh.write_text(f"{port}\n", "ascii")
    fresh.replace(told)
    _ports[file] = port


def _read(told: Path) -> int | None:
    try:
        return int(told.read_text("ascii"))
    except (OSError, ValueError):
        return None


def _answers(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
