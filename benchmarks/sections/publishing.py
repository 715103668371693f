"""What clients notice of new versions: latency and failures, and how soon and at what cost."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.markdown import ms, table
from benchmarks.metrics import percentile, spread
from benchmarks.publishing import CASE, EACH
from benchmarks.sections.costs import megabytes, seconds

Run = Mapping[str, Any]
NOTICED = (
    "", "requests", "failed", "p50 quiet", "p50 publishing", "p99 quiet", "p99 publishing", "times",
)  # fmt: skip
COSTS = (
    "", "moved after, median", "moved after, longest", "memory before", "after the second",
    "after the last",
)  # fmt: skip


def section(folder: Path, out: Path) -> Iterator[str]:
    """Figures by number of workers."""
    runs = [json.loads(path.read_text("utf-8")) for path in folder.glob(f"{CASE}-*.json")]
    if not runs:
        return
    runs.sort(key=lambda run: int(run["workers"]))
    yield "## New versions under load"
    yield (
        f"{len(runs[0]['moves'])} versions, made beforehand, each with one statement changed, are "
        f"published one every {EACH:g} seconds, in spells between which it is quiet for as long. "
        f"{runs[0]['clients']} clients ask all the while, each its next text when the last one is "
        f"answered. Other processes used up to {max(run['elsewhere'] for run in runs):.2f} cores "
        "meanwhile: the nearer to 0, the more the times mean."
    )
    yield table(NOTICED, [_noticed(run) for run in runs])
    yield (
        "How long after a version was published the last request began that another one answered "
        "(workers look at different moments), and the resident memory of all processes, shared "
        "pages counted once."
    )
    yield table(COSTS, [_costs(run) for run in runs])


def _name(run: Run) -> str:
    return f"{run['workers']} worker{'s' if run['workers'] > 1 else ''}"


def _noticed(run: Run) -> tuple[str, ...]:
    quiet, publishing = run["quiet"], run["publishing"]
    shown = [
        ms(1000 * percentile(spell, share)) for share in (50, 99) for spell in (quiet, publishing)
    ]
    times = percentile(publishing, 99) / percentile(quiet, 99)
    answered = len(quiet) + len(publishing)
    return _name(run), str(answered), str(run["failed"]), *shown, f"{times:.2f}"


def _costs(run: Run) -> tuple[str, ...]:
    moves = run["moves"]
    took = spread([move["ns"] for move in moves])
    second = moves[min(1, len(moves) - 1)]
    memory = [
        sum(p["pss"] for p in m) for m in (run["memory"], second["memory"], moves[-1]["memory"])
    ]
    return _name(run), seconds(took.median), seconds(took.greatest), *map(megabytes, memory)
