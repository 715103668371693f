"""What a contestant costs beside time: starting up, and memory."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import raw
from benchmarks.figures import figures
from benchmarks.markdown import NAMES, listed, table

HEAD = ("", "start-up", "memory, highest", "memory after the last answer")


def section(folder: Path, out: Path) -> Iterator[str]:
    """Start-up and memory."""
    runs = raw.runs(folder)
    if not runs:
        return
    yield "## Start-up and memory"
    yield (
        "Start-up goes from starting a Python process to its first answer, files already in the "
        "system's cache. Memory is what of the process is resident (RSS), libraries and model "
        "included: the highest of all rounds, and the median after the last answer."
    )
    rows = []
    for name in listed(runs):
        its = figures(runs[name], [])
        rows.append(
            (NAMES.get(name, name), seconds(its.startup), megabytes(its.peak), megabytes(its.end))
        )
    yield table(HEAD, rows)


def seconds(ns: float) -> str:
    """Nanoseconds as seconds."""
    return f"{ns / 1e9:.1f} s"


def megabytes(count: float) -> str:
    """Bytes as megabytes of a million."""
    return f"{count / 1e6:.0f} MB"
