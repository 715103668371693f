"""Measures overload: what is still answered, and how soon, when more ask than can be served.

    python -m benchmarks.overload OUT [--rounds 3] [--seconds 10] [--minutes 0.5]

Needs OUT/data and Linux. `matcher serve` over the sample index with several bounds on what is in
flight, in turns, each asked by FEW and then by MANY clients, who ask again when they are answered;
one who is turned away comes again when Retry-After says. Then MANY go on for some minutes, and
memory is looked at. Writes OUT/raw/overload-<in flight>-<round>.json and OUT/raw/memory.json.
"""

import asyncio
import json
import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import click
import httpx

from benchmarks import machine, raw, serving
from benchmarks.bodies import bodies_of
from benchmarks.contestants import NotInstalled
from benchmarks.metrics import percentile
from benchmarks.run import Failed, prepare, turns
from benchmarks.serving import Service, busy_seconds
from benchmarks.worker import elsewhere

CASE = "overload"
FEW, MANY = 2, 64
BOUNDS = (64, 8)  # texts in flight: the default first
WARM_UP = 2.0  # seconds, untimed
SPREAD = 2.0  # seconds in which the clients come, one after the other
LOOKS = 10  # at the memory


@dataclass(frozen=True)
class Loaded:
    """What so many clients met: times of the accepted in nanoseconds, of the load in seconds.

    `client` is the share of a core that the clients themselves used, `elsewhere` how many cores
    processes used that are neither they nor the server.
    """

    clients: int
    seconds: float
    accepted: int
    shed: int
    p50: float
    p99: float
    client: float
    elsewhere: float | None


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(0.1))
@click.option("--minutes", default=0.5, show_default=True, type=click.FloatRange(0.01))
def main(out: Path, rounds: int, seconds: float, minutes: float) -> None:
    """Ask the server for more than it can do."""
    if not (out / "data" / "facts.json").is_file():
        raise click.ClickException(f"{out} holds no data: run `python -m benchmarks.data {out}`")
    if not Path("/proc/self/smaps_rollup").is_file():
        raise click.ClickException("this reads what processes use from Linux's /proc")
    try:
        measure(out.resolve(), rounds, seconds, minutes)
    except (NotInstalled, Failed) as error:
        raise click.ClickException(str(error)) from None


def measure(
    out: Path, rounds: int, seconds: float, minutes: float, bounds: Sequence[int] = BOUNDS
) -> None:
    """Prepare the index, then load the server round by round. Raises NotInstalled or Failed."""
    folder = out / "raw"
    raw.clear(folder, CASE)
    for name in ("machine", f"{CASE}-machine"):
        raw.write(folder, name, machine.describe())
    raw.write(folder, "facts", json.loads((out / "data" / "facts.json").read_text("utf-8")))
    path = bodies_of(out / "data", out / "prepared" / CASE)["all"]
    bodies = path.read_text("utf-8").splitlines()
    click.echo("prepare")
    prepare(out, "ours")
    command = serving.ours(out / "prepared" / "ours", 1)
    names = {str(bound): bound for bound in bounds}
    for number in range(1, rounds + 1):
        for name in turns(list(names), number):
            click.echo(f"round {number} of {rounds}: {name} in flight")
            with serving.serving(command, {"MATCHER_IN_FLIGHT": name}, bodies[0]) as service:
                load(service, bodies, FEW, WARM_UP)
                loads = [asdict(load(service, bodies, n, seconds)) for n in (FEW, MANY)]
            told = {"in_flight": names[name], "round": number, "loads": loads}
            raw.write(folder, f"{CASE}-{name}-{number}", told)
    click.echo(f"memory over {minutes:g} minutes")
    with serving.serving(command, {}, bodies[0]) as service:
        raw.write(folder, "memory", memory(service, bodies, minutes))


def memory(service: Service, bodies: Sequence[str], minutes: float) -> dict[str, Any]:
    """Resident memory in bytes at equal distances while MANY ask, after as many asked once."""
    load(service, bodies, MANY, WARM_UP)
    looks, answered, shed = [_resident(service)], 0, 0
    for _ in range(LOOKS):
        done = load(service, bodies, MANY, 60 * minutes / LOOKS)
        looks.append(_resident(service))
        answered, shed = answered + done.accepted, shed + done.shed
    return {"minutes": minutes, "bytes": looks, "answered": answered, "shed": shed}


def load(service: Service, bodies: Sequence[str], clients: int, seconds: float) -> Loaded:
    """Have so many clients ask for so long. Raises Failed where one is told anything unforeseen."""
    before = _clocks(service)
    took, shed = asyncio.run(_crowd(service.url, bodies, clients, seconds))
    after = _clocks(service)
    if not took:
        raise Failed("a service under load answered nobody")
    wall = after[0] - before[0]
    return Loaded(
        clients=clients,
        seconds=round(wall, 3),
        accepted=len(took),
        shed=shed,
        p50=round(percentile(took, 50)),
        p99=round(percentile(took, 99)),
        client=round((after[3] - before[3]) / wall, 2),
        elsewhere=elsewhere(before[:3], after[:3]),
    )


async def _crowd(
    url: str, bodies: Sequence[str], clients: int, seconds: float
) -> tuple[list[int], int]:
    """The times of all that were accepted, and how many were not."""
    took: list[int] = []
    shed = 0
    left, until = cycle(bodies), time.monotonic() + seconds
    limits = httpx.Limits(max_connections=clients)

    async def ask(http: httpx.AsyncClient, after: float) -> None:
        nonlocal shed
        await asyncio.sleep(min(after, seconds / 2))  # people don't come at the same instant
        while time.monotonic() < until:
            begun = time.perf_counter_ns()
            answer = await http.post(url, content=next(left), headers=JSON)
            if answer.status_code == 200:
                took.append(time.perf_counter_ns() - begun)
            elif answer.status_code == 503:
                shed += 1
                again = float(answer.headers["Retry-After"])
                await asyncio.sleep(min(again, until - time.monotonic()))
            else:
                raise Failed(f"a service under load answered with {answer.status_code}")

    try:
        async with httpx.AsyncClient(limits=limits, timeout=60) as http:
            await asyncio.gather(*(ask(http, SPREAD * n / clients) for n in range(clients)))
    except httpx.HTTPError as error:
        raise Failed(f"a service under load left a client alone ({error!r})") from None
    return took, shed


JSON = {"Content-Type": "application/json"}


def _resident(service: Service) -> int:
    return sum(process["rss"] for process in service.memory())


def _clocks(service: Service) -> tuple[float, float, float, float]:
    """Seconds so far: of the clock, of all cores, of this measurement, and of the clients in it."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    clients = usage.ru_utime + usage.ru_stime
    return time.perf_counter(), busy_seconds(), clients + service.cpu_seconds(), clients


if __name__ == "__main__":
    main()
