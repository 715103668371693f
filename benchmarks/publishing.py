"""Measures what clients notice of new versions: latency, failures, memory, and how soon they move.

    python -m benchmarks.publishing OUT [--versions 20] [--workers 1] [--workers 2]

Needs OUT/data and Linux. Makes the versions beforehand, each with one statement changed, then
serves them; clients ask all the while, and quiet spells take turns with spells in which one version
after the other is published. Writes OUT/raw/publishing-<workers>.json.
"""

import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from benchmarks import raw, serving
from benchmarks.asking import Asked, Seen, asking
from benchmarks.bodies import bodies_of
from benchmarks.run import Failed
from benchmarks.serving import Service, busy_seconds
from benchmarks.worker import elsewhere
from index.versions import Store
from matcher.build import Options, build

CASE = "publishing"
CLIENTS = 2  # as many as are answered at once on two cores: what waits for its turn is no news
SPELL = 5  # versions published in one go, and then it is quiet for as long
EACH = 2.0  # seconds from one version to the next: by then all workers have to have moved
WARM_UP = 3.0  # seconds, untimed


@dataclass(frozen=True)
class Move:
    """A version published: `ns` until the last answer that came from another one had begun,
    and each process's memory in bytes once it was live.
    """

    ns: int
    memory: list[dict[str, int]]


@dataclass(frozen=True)
class Published:
    """One run. The microseconds of each request that was answered, while it was quiet and while
    versions were published; how many failed in all; cores that other processes used meanwhile.
    """

    workers: int
    clients: int
    elsewhere: float
    failed: int
    memory: list[dict[str, int]]  # before the first was published
    quiet: list[int]
    publishing: list[int]
    moves: list[Move]


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--versions", default=20, show_default=True, type=click.IntRange(1))
@click.option(
    "--workers", multiple=True, default=(1, 2), show_default=True, type=click.IntRange(1, 64)
)
def main(out: Path, versions: int, workers: tuple[int, ...]) -> None:
    """Publish over the files of stage 1."""
    if not (out / "data" / "facts.json").is_file():
        raise click.ClickException(f"{out} holds no data: run `python -m benchmarks.data {out}`")
    if not Path("/proc/self/smaps_rollup").is_file():
        raise click.ClickException("this reads what processes use from Linux's /proc")
    try:
        measure(out.resolve(), versions, workers)
    except Failed as error:
        raise click.ClickException(str(error)) from None


def measure(out: Path, count: int, workers: Sequence[int]) -> None:
    """Make the versions, then serve and publish them once for each number of workers."""
    folder = out / "prepared" / CASE
    bodies = bodies_of(out / "data", folder)["all"].read_text("utf-8").splitlines()
    click.echo(f"make {count} versions and the one before them")
    first, *versions = prepare(out / "data" / "directory.jsonl", folder, count)
    store = Store(folder / "index")
    for number in workers:
        click.echo(f"publish them to {number} worker{'s'[: number - 1]}")
        store.publish(first)
        command = serving.ours(folder, number)
        with serving.serving(command, {}, bodies[0]) as service:
            service.settle()
            run = one(service, store, versions, bodies, number)
        raw.write(out / "raw", f"{CASE}-{number}", asdict(run))


def prepare(directory: Path, folder: Path, count: int) -> list[str]:
    """Build the directory's version and so many others, each with one statement changed; ids."""
    shutil.rmtree(folder / "index", ignore_errors=True)
    records = [json.loads(line) for line in directory.read_text("utf-8").splitlines()]
    path, made = folder / "directory.jsonl", []
    for number in range(count + 1):
        if number:
            statement = records[number % len(records)]["statements"][0]
            statement["text"] += f"\n\nOn Thursdays we keep window {number} open in all weathers."
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        made.append(build(path, folder / "index", Options(keep=count + 1)).version)
    return made


def one(
    service: Service, store: Store, versions: Sequence[str], bodies: Sequence[str], workers: int
) -> Published:
    """Quiet and publishing in turns, while clients ask."""
    moves: list[Move] = []
    quiet: list[int] = []
    publishing: list[int] = []
    with asking(service.url, bodies, CLIENTS) as seen:
        time.sleep(WARM_UP)
        memory = service.memory()
        before = _clocks(service)
        for start in range(0, len(versions), SPELL):
            spell = versions[start : start + SPELL]
            begun = time.perf_counter_ns()
            time.sleep(EACH * len(spell))
            turned = time.perf_counter_ns()
            moves += [_publish(store, version, service, seen) for version in spell]
            ended = time.perf_counter_ns()
            quiet += took(seen.answers, begun, turned)
            publishing += took(seen.answers, turned, ended)
        after = _clocks(service)
    failed = sum(asked.version is None for asked in (*seen.answers, *seen.probes))
    company = elsewhere(before, after)
    return Published(workers, CLIENTS, company or 0.0, failed, memory, quiet, publishing, moves)


def took(answers: Sequence[Asked], begun: int, ended: int) -> list[int]:
    """Microseconds of the answered requests that began in between."""
    inside = (asked for asked in answers if begun <= asked.begun < ended)
    return [asked.took // 1000 for asked in inside if asked.version is not None]


def _publish(store: Store, version: str, service: Service, seen: Seen) -> Move:
    published = time.perf_counter_ns()
    store.publish(version)
    time.sleep(EACH)
    ns = moved([*seen.answers, *seen.probes], version, published)
    return Move(ns, service.memory())


def moved(asked: Sequence[Asked], version: str, published: int) -> int:
    """Nanoseconds from publishing until nobody was answered from another version any more."""
    late = [a.begun for a in asked if a.begun >= published and a.version not in (version, None)]
    return max(late, default=published) - published


def _clocks(service: Service) -> tuple[float, float, float]:
    """Seconds so far: of the clock, of all cores, of this measurement and the service."""
    own = time.process_time() + service.cpu_seconds()
    return time.perf_counter(), busy_seconds(), own


if __name__ == "__main__":
    main()
