"""How the search stage grows, from ten thousand passages to those of a whole country."""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import raw
from benchmarks.markdown import ms, over, table
from benchmarks.metrics import percentile
from benchmarks.sections.machine import another

BUILD = ("passages", "therapists", "on disk", "memory, own", "memory, mapped", "highest", "lists")
SEARCH = ("passages", "admitted", "p50", "p99", "recall@10", "plan")


def section(folder: Path, out: Path) -> Iterator[str]:
    """Cost by size, then time and recall by size and by share admitted."""
    found = [raw.read(folder, path.stem) for path in folder.glob("scale-*.json")]
    sizes = sorted((f for f in found if "cases" in f), key=lambda figures: figures["passages"])
    if not sizes:
        return
    texts = len(sizes[0]["cases"][0]["queries"])
    yield "## Scale"
    yield (
        "The search stage alone (filter, search, scores; the text is encoded beforehand), on one "
        "core. The vectors are made: each therapist takes after one of the sample, with noise of "
        f"their own and of each row's own. {_near(sizes[-1])} Asked are {texts} texts in "
        f"{over(sizes[0]['rounds'])}. Every answer is held against an exact scan of the same "
        "vectors; recall@10 is the share of its first ten that was found. "
        f"{another(folder, 'scale')}".strip()
    )
    yield table(BUILD, map(_cost, sizes))
    yield (
        "Memory is that of the process after all searches: its own, and vectors mapped from disk, "
        "which several workers share. `lists` is the time it takes to put therapists into lists."
    )
    yield table(SEARCH, (_row(figures, case) for figures in sizes for case in figures["cases"]))
    yield from map(_everyone, (figures for figures in sizes if "scoring everyone" in figures))


def _cost(figures: dict[str, Any]) -> tuple[str, ...]:
    memory = figures["memory"]
    return (
        f"{figures['passages']:,}",
        f"{figures['therapists']:,}",
        _gb(figures["bytes"]),
        *(_gb(memory[part]) for part in ("own", "mapped", "peak")),
        f"{figures['seconds_proposals']:.0f} s",
    )


def _row(figures: dict[str, Any], case: dict[str, Any]) -> tuple[str, ...]:
    times = [ns for query in case["queries"] for ns in query["ns"]]
    recall = statistics.fmean(query["recall"] for query in case["queries"])
    proposed = sum(query["plan"] == "approximate" for query in case["queries"])
    plan = {0: "exact", len(case["queries"]): "approximate"}.get(proposed, "either")
    admitted = f"{100 * case['share']:g} %"
    times_told = ms(percentile(times, 50)), ms(percentile(times, 99))
    return (f"{figures['passages']:,}", admitted, *times_told, f"{recall:.4f}", plan)


def _everyone(figures: dict[str, Any]) -> str:
    return (
        f"With {figures['passages']:,} passages, scoring every therapist instead takes "
        f"{ms(percentile(figures['scoring everyone'], 50))} at the median."
    )


def _near(figures: dict[str, Any]) -> str:
    near = figures["neighbours"]
    real, made = (near[f"{where} sections"] for where in ("sample", "made"))
    return (
        "Among as many therapists as the sample has, the cosine of a section to the nearest of "
        f"another therapist is {made[0]:.2f}, {made[1]:.2f} and {made[2]:.2f} (10th, 50th and 90th "
        f"percentile), in the sample {real[0]:.2f}, {real[1]:.2f} and {real[2]:.2f}."
    )


def _gb(count: float) -> str:
    return f"{count / 1e9:.2f} GB"
