"""What is answered when more ask than can be served, and whether memory stays where it was."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import raw
from benchmarks.markdown import ms, over, table, times
from benchmarks.metrics import Spread, ratios, spread
from benchmarks.overload import CASE, FEW, MANY, SPREAD
from benchmarks.sections.costs import megabytes
from benchmarks.sections.machine import another

Run = Mapping[str, Any]
HEAD = ("in flight", "clients", "answered a second", "turned away a second", "p50", "p99", "")
PROMISED = 5.0  # times the p99 of FEW clients


def section(folder: Path, out: Path) -> Iterator[str]:
    """Few clients beside many by how many may be in flight; then memory."""
    runs = read(folder)
    if not runs:
        return
    found = [load for mine in runs.values() for run in mine for load in run["loads"]]
    yield "## Overload"
    yield (
        f"`matcher serve` with one worker, asked by {FEW} and then by {MANY} clients at once, who "
        f"come within {SPREAD:g} seconds, ask again when they are answered, and when `Retry-After` "
        "says where they were turned away. Times are of those who were answered. Each figure is "
        f"the median over {over(max(len(mine) for mine in runs.values()))}; a ratio is taken "
        "within a round, least and greatest in brackets. The clients themselves used up to "
        f"{max(load['client'] for load in found):.2f} cores and other processes up to "
        f"{max(load['elsewhere'] for load in found):.2f}: the nearer to 0, the more the times "
        f"mean. {another(folder, CASE)}".strip()
    )
    yield table(HEAD, [row for bound, mine in runs.items() for row in _rows(bound, mine)])
    yield _verdict(runs)
    if kept := raw.read(folder, "memory"):
        yield _memory(kept)


def read(folder: Path) -> dict[int, list[Run]]:
    """The runs by how many may be in flight, most first, each in order of rounds."""
    found: dict[int, list[Run]] = {}
    for path in folder.glob(f"{CASE}-*-*.json"):
        run = raw.read(folder, path.stem)
        found.setdefault(run["in_flight"], []).append(run)
    return {
        bound: sorted(found[bound], key=lambda run: int(run["round"]))
        for bound in sorted(found, reverse=True)
    }


def slower(mine: Sequence[Run]) -> Spread:
    """How many times the p99 of FEW clients that of MANY is."""
    few, many = ([run["loads"][n]["p99"] for run in mine] for n in (0, 1))
    return ratios(many, few)


def _rows(bound: int, mine: Sequence[Run]) -> Iterator[tuple[str, ...]]:
    for number, clients in enumerate((FEW, MANY)):
        loads = [run["loads"][number] for run in mine]
        rates = [
            f"{spread([load[what] / load['seconds'] for load in loads]).median:.1f}"
            for what in ("accepted", "shed")
        ]
        shown = [ms(spread([load[share] for load in loads]).median) for share in ("p50", "p99")]
        beside = f"{times(slower(mine))} times" if clients == MANY else ""
        yield str(bound), str(clients), *rates, *shown, beside


def _verdict(runs: Mapping[int, Sequence[Run]]) -> str:
    held = [str(bound) for bound, mine in runs.items() if slower(mine).median <= PROMISED]
    if not held:
        return f"With none of these does the p99 stay within {PROMISED:g} times."
    return f"The p99 stays within {PROMISED:g} times with {' or '.join(held)} in flight."


def _memory(kept: Run) -> str:
    looks = kept["bytes"]
    return (
        f"Over {kept['minutes']:g} minutes of {MANY} clients ({kept['answered']} answered, "
        f"{kept['shed']} turned away), resident memory went from {megabytes(looks[0])} to "
        f"{megabytes(looks[-1])}; at its most it was {megabytes(max(looks))}, and half-way "
        f"{megabytes(looks[len(looks) // 2])}."
    )
