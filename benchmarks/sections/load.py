"""What serving takes and gives: requests a second, latency beside long texts, memory."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.load import CASE, CONNECTIONS, LONG_CLIENTS
from benchmarks.markdown import NAMES, listed, ms, over, table, times
from benchmarks.metrics import ratios, spread
from benchmarks.sections.costs import megabytes, seconds

Run = Mapping[str, Any]
Key = tuple[str, int]  # contestant, workers
HEAD = ("", "requests a second", "times the baseline's best", "p50", "p99", "CPU time a request")
SHORT = ("", "p50 alone", "p50 beside long", "p99 alone", "p99 beside long", "p99, times alone")
COSTS = ("", "start to first answer", "processes", "largest (RSS)", "all together (PSS)")


def section(folder: Path, out: Path) -> Iterator[str]:
    """Throughput, short texts beside long ones, and what it costs."""
    runs = read(folder)
    if not runs:
        return
    rounds = max(len(mine) for mine in runs.values())
    yield "## Serving under load"
    yield (
        f"`matcher serve` beside a plain service (FastAPI, sentence-transformers and a flat FAISS "
        f"index, under the same uvicorn). wrk sends the texts in turn over {CONNECTIONS} "
        f"connections, the next request when the last one is answered. Each figure is the median "
        f"over {over(rounds)}; a ratio is taken within a round, least and greatest in brackets. "
        f"Other processes used up to {max(r['elsewhere'] for m in runs.values() for r in m):.2f} "
        "cores meanwhile: the nearer to 0, the more the times mean."
    )
    yield table(HEAD, [_throughput(runs, key) for key in runs])
    yield (
        f"The first 150 characters of each text, one after the other: alone, and while "
        f"{LONG_CLIENTS} others keep sending texts of 4,000 characters."
    )
    yield table(SHORT, [_short(label(key), mine) for key, mine in runs.items()])
    yield (
        "From the start of the command to the end of the first answer over HTTP, and memory after "
        "all of the above: the largest process, and all of them, shared pages counted once."
    )
    yield table(COSTS, [_costs(label(key), mine) for key, mine in runs.items()])


def read(folder: Path) -> dict[Key, list[Run]]:
    """The runs by contestant and number of workers, each in order of rounds."""
    found: dict[Key, list[Run]] = {}
    for path in folder.glob(f"{CASE}-*-*-*.json"):
        run = json.loads(path.read_text("utf-8"))
        found.setdefault((run["contestant"], run["workers"]), []).append(run)
    order = listed({name for name, _ in found})
    keys = sorted(found, key=lambda key: (order.index(key[0]), key[1]))
    return {key: sorted(found[key], key=lambda run: int(run["round"])) for key in keys}


def label(key: Key) -> str:
    """How a row is called."""
    name, workers = key
    return f"{NAMES.get(name, name)}, {workers} worker{'s' if workers > 1 else ''}"


def rate(run: Run) -> float:
    """Requests a second."""
    return float(run["all"]["requests"]) / float(run["all"]["us"]) * 1e6


def gains(runs: Mapping[Key, Sequence[Run]], key: Key) -> str:
    """How many times the requests of the baseline at its best, round by round."""
    best: dict[int, float] = {}
    for (name, _), mine in runs.items():
        if name == "naive":
            for run in mine:
                best[run["round"]] = max(rate(run), best.get(run["round"], 0.0))
    if not best or key[0] == "naive" or [r["round"] for r in runs[key]] != sorted(best):
        return ""
    return times(ratios([rate(run) for run in runs[key]], [best[n] for n in sorted(best)]))


def _throughput(runs: Mapping[Key, Sequence[Run]], key: Key) -> tuple[str, ...]:
    mine = runs[key]
    rates = f"{spread([rate(run) for run in mine]).median:.1f}"
    cost = ms(spread([run["cpu_ns"] for run in mine]).median)
    return label(key), rates, gains(runs, key), at(mine, "all", 50), at(mine, "all", 99), cost


def _short(name: str, mine: Sequence[Run]) -> tuple[str, ...]:
    slower = ratios([run["beside"]["p99"] for run in mine], [run["alone"]["p99"] for run in mine])
    shown = [at(mine, load, share) for share in (50, 99) for load in ("alone", "beside")]
    return name, *shown, times(slower)


def _costs(name: str, mine: Sequence[Run]) -> tuple[str, ...]:
    largest = max(process["rss"] for run in mine for process in run["memory"])
    together = spread([sum(process["pss"] for process in run["memory"]) for run in mine]).median
    processes = str(len(mine[-1]["memory"]))
    startup = seconds(spread([run["startup_ns"] for run in mine]).median)
    return name, startup, processes, megabytes(largest), megabytes(together)


def at(mine: Sequence[Run], load: str, share: int) -> str:
    """A percentile of a load, the median over the rounds."""
    return ms(1000 * spread([run[load][f"p{share}"] for run in mine]).median)
