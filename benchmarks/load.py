"""Measures serving: requests a second, latency beside long texts, start-up and memory.

    python -m benchmarks.load OUT [--rounds 3] [--seconds 5]

Needs OUT/data, Linux, and wrk, the separate tool the load comes from. `matcher serve` and
benchmarks.naive_service take turns, each with one worker and with one a core. Writes
OUT/raw/load-<contestant>-<workers>-<round>.json.
"""

import json
import os
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import click

from benchmarks import raw, serving
from benchmarks.bodies import bodies_of
from benchmarks.contestants import NotInstalled, versions
from benchmarks.run import ROOT, Failed, prepare, turns
from benchmarks.serving import Service, available, busy_seconds
from benchmarks.worker import elsewhere

CASE = "load"
CONNECTIONS = 8  # each sends its next request when the last one is answered
LONG_CLIENTS = 2
WARM_UP = 2  # seconds, untimed
# Memory a worker of the baseline takes; where there is less than that, it isn't started.
WORKER_BYTES = 1_500_000_000
COMMANDS = {"ours": serving.ours, "naive": serving.naive}
SOFTWARE = ("fastapi", "uvicorn", "uvloop", "httptools")  # the last two where they are installed


@dataclass(frozen=True)
class Load:
    """What one contestant did in one round; `all`, `alone` and `beside` are what wrk told.

    `all`: the whole set on all connections. `alone`: short texts, one after the other; `beside`:
    the same while LONG_CLIENTS send long ones. `cpu_ns` is what a request of `all` cost on all
    cores, `elsewhere` how many cores other processes used meanwhile; `memory` has the bytes of
    each process after all that.
    """

    contestant: str
    workers: int
    round: int
    startup_ns: int
    cpu_ns: int
    elsewhere: float
    memory: list[dict[str, int]]
    versions: dict[str, str]
    all: dict[str, int]
    alone: dict[str, int]
    beside: dict[str, int]


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=5, show_default=True, type=click.IntRange(1), help="Of a load.")
def main(out: Path, rounds: int, seconds: int) -> None:
    """Run the services over the files of stage 1."""
    if not (out / "data" / "facts.json").is_file():
        raise click.ClickException(f"{out} holds no data: run `python -m benchmarks.data {out}`")
    if not Path("/proc/self/smaps_rollup").is_file():
        raise click.ClickException("this reads what processes use from Linux's /proc")
    try:
        measure(out.resolve(), rounds, seconds)
    except (NotInstalled, Failed) as error:
        raise click.ClickException(str(error)) from None


def measure(out: Path, rounds: int, seconds: int, workers: Sequence[int] = ()) -> None:
    """Prepare both contestants, then load them round by round. Raises NotInstalled or Failed."""
    if shutil.which("wrk") is None:
        raise NotInstalled("wrk, which makes the load, is not installed: run `apt-get install wrk`")
    used = {name: _software(name) for name in COMMANDS}
    raw.clear(out / "raw", CASE)
    bodies = bodies_of(out / "data", out / "prepared" / CASE)
    for name in COMMANDS:
        click.echo(f"prepare {name}")
        prepare(out, name)
    counts = workers or sorted({1, os.cpu_count() or 1})
    entrants = {f"{name}-{count}": (name, count) for name in COMMANDS for count in counts}
    for number in range(1, rounds + 1):
        for entrant in turns(list(entrants), number):
            name, count = entrants[entrant]
            if name == "naive" and available() < count * WORKER_BYTES:
                click.echo(f"too little memory for {count} workers of {name}: left out")
                continue
            click.echo(f"round {number} of {rounds}: {name}, {count} worker{'s'[: count - 1]}")
            load = one(out, bodies, name, count, seconds)
            done = Load(name, count, number, **load, versions=used[name])
            raw.write(out / "raw", f"{CASE}-{entrant}-{number}", asdict(done))


def one(out: Path, bodies: dict[str, Path], name: str, workers: int, seconds: int) -> Any:
    """Start one service and load it: the fields of a Load that are measured."""
    folder = out / "prepared" / name
    settings = {
        "NAIVE_FOLDER": str(folder),
        "NAIVE_DIRECTORY": str(out / "data" / "directory.jsonl"),
    }
    first = bodies["all"].read_text("utf-8").splitlines()[0]
    with serving.serving(COMMANDS[name](folder, workers), settings, first) as service:
        service.settle()
        wrk(service, bodies["all"], CONNECTIONS, WARM_UP)
        before = _clocks(service)
        all_ = wrk(service, bodies["all"], CONNECTIONS, seconds)
        after = _clocks(service)
        wrk(service, bodies["short"], 1, 1)
        alone = wrk(service, bodies["short"], 1, seconds)
        with beside(service, bodies["long"]):
            slowed = wrk(service, bodies["short"], 1, seconds)
        return {
            "startup_ns": service.startup_ns,
            "cpu_ns": round(1e9 * (after[3] - before[3]) / all_["requests"]),
            "elsewhere": elsewhere(before[:3], after[:3]),
            "memory": service.memory(),
            "all": all_,
            "alone": alone,
            "beside": slowed,
        }


def wrk(service: Service, bodies: Path, connections: int, seconds: int) -> dict[str, int]:
    """Load a service: requests, its microseconds and those of the percentiles. Raises Failed."""
    done = subprocess.run(  # noqa: S603
        _command(service, bodies, connections, seconds), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"wrk failed:\n{done.stderr[-2000:]}")
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    if told.pop("failed") or not told["requests"]:
        raise Failed("a service under load refused requests, or answered none")
    return told


@contextmanager
def beside(service: Service, bodies: Path) -> Iterator[None]:
    """Have long texts in flight meanwhile."""
    command = _command(service, bodies, LONG_CLIENTS, 3600)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        yield
        if process.poll() is not None:
            raise Failed("the long texts came to an end before the short ones")
    finally:
        process.terminate()
        process.wait()


def _command(service: Service, bodies: Path, connections: int, seconds: int) -> list[str]:
    size = ["--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s"]
    script = ["--timeout", "60s", "--script", str(ROOT / "benchmarks" / "load.lua")]
    return ["wrk", *size, *script, service.url, "--", str(bodies)]


def _clocks(service: Service) -> tuple[float, float, float, float]:
    """Seconds so far: of the clock, of all cores, of this measurement, and of the service in it."""
    served = service.cpu_seconds()
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN  # the latter is wrk, once it has ended
    used = [resource.getrusage(who) for who in whose]
    own = served + sum(usage.ru_utime + usage.ru_stime for usage in used)
    return time.perf_counter(), busy_seconds(), own, served


def _software(name: str) -> dict[str, str]:
    """The versions of a contestant's libraries and of what serves it."""
    found = {d.name: d.version for d in metadata.distributions() if d.name in SOFTWARE}
    return versions(name) | dict(sorted(found.items()))


if __name__ == "__main__":
    main()
