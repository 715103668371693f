"""A service in processes of its own, as the load benchmark starts, watches and ends it.

What it uses is read from /proc, so this runs on Linux only.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter_ns

from benchmarks.run import QUIET, ROOT, Failed

PATIENCE = 120.0  # seconds a service may take to its first answer
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Service:
    """One that has answered: `startup_ns` from its spawn to the end of the first answer."""

    process: int
    url: str
    startup_ns: int

    def family(self) -> list[int]:
        """Its processes: the first one, its children and theirs."""
        return _family(self.process)

    def cpu_seconds(self) -> float:
        """What its living processes have used of the cores so far."""
        return sum(_cpu(process) for process in self.family())

    def memory(self) -> list[dict[str, int]]:
        """For each process its resident memory in bytes, shared pages counted fully and by share.

        `rss` counts a page in every process that has it, `pss` a page's part only.
        """
        return [{"rss": m["Rss"], "pss": m["Pss"]} for m in map(_rollup, self.family())]

    def settle(self) -> None:
        """Wait until it does nothing any more: until its other workers are up as well."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            before = self.cpu_seconds()
            time.sleep(0.5)
            if self.cpu_seconds() - before < 0.05:
                return
        raise Failed("a service that nobody asks anything doesn't come to rest")


def ours(folder: Path, workers: int) -> list[str]:
    """The command that serves this engine's prepared index."""
    return ["-m", "service", "serve", "--index", str(folder / "index"), "--workers", str(workers)]


def naive(_: Path, workers: int) -> list[str]:
    """The command that serves the baseline, which reads its folder from the environment."""
    quiet = ["--log-level", "warning", "--no-access-log", "--workers", str(workers)]
    return ["-m", "uvicorn", "--factory", "benchmarks.naive_service:create", *quiet]


@contextmanager
def serving(command: Sequence[str], settings: Mapping[str, str], first: str) -> Iterator[Service]:
    """Start a service, wait for its answer to the first body, and end it after use."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}/v1/match"
    spawned = perf_counter_ns()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, *command, "--host", "127.0.0.1", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | QUIET | dict(settings),
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            while not _answers(url, first):
                if process.poll() is not None or perf_counter_ns() - spawned > PATIENCE * 1e9:
                    errors.seek(0)
                    raise Failed(f"a service didn't start:\n{errors.read()[-2000:]}")
                time.sleep(0.01)
            yield Service(process.pid, url, perf_counter_ns() - spawned)
        finally:
            _end(process)


def busy_seconds() -> float:
    """What all cores have been busy with anything so far."""
    user, nice, system, _, _, *others = map(int, Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + sum(others)) / TICKS


def available() -> int:
    """Bytes of memory that could be had."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("MemAvailable"))
    return 1024 * int(line.split()[1])


def _answers(url: str, body: str) -> bool:
    asked = urllib.request.Request(  # noqa: S310 - 127.0.0.1
        url, body.encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            return bool(json.load(answer)["matches"])
    except urllib.error.HTTPError:
        raise Failed("a service refuses the first text") from None
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask it to end; what hasn't after a while is killed, workers first."""
    family = _family(process.pid) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        for one in reversed(family):
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _family(process: int) -> list[int]:
    found = [process]
    for tasks in Path(f"/proc/{process}/task").glob("*/children"):
        for child in tasks.read_text().split():
            found += _family(int(child))
    return found


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _rollup(process: int) -> dict[str, int]:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]
    return {line.split(":")[0]: 1024 * int(line.split()[1]) for line in lines}
