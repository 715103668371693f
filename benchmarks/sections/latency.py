"""How long an answer takes: a table, and a plot of how the times are spread."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import plots, raw
from benchmarks.figures import figures
from benchmarks.markdown import NAMES, listed, ms, over, table, times

HEAD = ("", "p50", "p90", "p99", "p50, times this engine's")
PLOT = "latency.svg"


def section(folder: Path, out: Path) -> Iterator[str]:
    """Percentiles and ratios, with the plot where matplotlib is installed."""
    runs = raw.runs(folder)
    if not runs:
        return
    order = listed(runs)
    rounds = max(len(mine) for mine in runs.values())
    yield "## Time of an answer"
    yield (
        "From a client's text to ten therapists, one text after the other. Half of the answers "
        "take no longer than p50, nine in ten no longer than p90, 99 in a hundred no longer than "
        f"p99; each is the median over {over(rounds)}. A ratio is taken within a round, where "
        "both met the same machine, and then the median over the rounds, with the least and the "
        "greatest in brackets: ratios are to be compared within this run, times with no other "
        "machine's. This engine's answer holds more than the others': evidence for each "
        "therapist, issues, counts and the crisis notice."
    )
    rows, drawn = [], []
    for name in order:
        its = figures(runs[name], runs.get("ours", []))
        beside = times(its.beside) if its.beside and name != "ours" else ""
        label = NAMES.get(name, name)
        rows.append((label, ms(its.p50), ms(its.p90), ms(its.p99), beside))
        every = [query.ns for run in runs[name] for query in run.queries]
        drawn.append(plots.Row(label, every, its.p50, its.p99))
    yield table(HEAD, rows)
    if plots.available():
        plots.latency(out / PLOT, drawn)
        medians = ", ".join(f"{row[0]} {row[1]}" for row in rows)
        yield f"![How the times of answers are spread, median of each: {medians}]({PLOT})"
    else:
        yield "No plot: matplotlib is missing (`pip install -c requirements.lock matplotlib`)."
