"""The plots. matplotlib is imported when one is drawn, since a report can do without."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

FIRST, OTHERS, INK = "#c2410c", "#94a3b8", "#1e293b"
TALLEST = 0.75  # of the room a row has
BINS = 60  # from the fastest to the slowest answer, on the log axis


def available() -> bool:
    """Whether plots can be drawn here."""
    return find_spec("matplotlib") is not None


@dataclass(frozen=True)
class Row:
    """A contestant's name, all its times, and the two figures written beside; nanoseconds."""

    name: str
    times: Sequence[int]
    p50: float
    p99: float


def latency(path: Path, rows: Sequence[Row]) -> None:
    """Write an SVG of how times are spread, one row below the other, the first in colour."""
    figure, axes = _canvas(len(rows))
    every = np.concatenate([np.asarray(row.times) for row in rows]) / 1e6
    edges = np.geomspace(every.min() * 0.95, every.max() * 1.05, BINS + 1)
    for place, row in enumerate(rows):
        counts, _ = np.histogram(np.asarray(row.times) / 1e6, edges)
        heights = TALLEST * counts / counts.max()
        color = OTHERS if place else FIRST
        axes.stairs(place - heights, edges, baseline=place, fill=True, color=color)
        axes.plot(edges[[0, -1]], [place, place], color=OTHERS, linewidth=0.8)
        axes.plot([row.p50 / 1e6] * 2, [place - 0.85, place], color=INK, linewidth=1.5)
        note = f"p50 {row.p50 / 1e6:.1f} ms\np99 {row.p99 / 1e6:.1f} ms"
        across = axes.get_yaxis_transform()
        axes.text(1.02, place - 0.3, note, transform=across, va="center", color=INK)
    axes.set_yticks([place - 0.3 for place in range(len(rows))], [row.name for row in rows])
    axes.set_ylim(len(rows) - 0.8, -1.0)
    axes.set_xlim(edges[0], edges[-1])
    _save(figure, path)


def _canvas(rows: int) -> tuple[Any, Any]:
    """A figure with a log axis in milliseconds below."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import LogLocator, ScalarFormatter

    figure = Figure(figsize=(9, 1.3 + 0.75 * rows), layout="constrained")
    axes: Any = figure.add_subplot()
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axes.xaxis.set_major_formatter(ScalarFormatter())
    axes.xaxis.set_minor_locator(LogLocator(subs="auto"))
    axes.xaxis.set_minor_formatter("")
    axes.set_xlabel("time of an answer in milliseconds (log scale); the dark line is the median")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color="#e2e8f0", zorder=0)
    axes.set_axisbelow(True)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _save(figure: Any, path: Path) -> None:
    """The same bytes for the same numbers: no date, no random ids."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": path.name}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
