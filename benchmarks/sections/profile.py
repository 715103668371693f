"""Where the time of an answer goes."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import raw
from benchmarks.markdown import table
from benchmarks.metrics import percentile


def section(folder: Path, out: Path) -> Iterator[str]:
    """The stages, the longest first."""
    found = raw.read(folder, "profile")
    if found is None:
        return
    yield "## Where the time goes"
    yield (
        "This engine alone, the same texts, with a clock around each stage: its own time, the "
        "stages within it apart. The clocks themselves are counted with the last line."
    )
    answers = [answer["ns"] for answer in found["queries"]]
    total = sum(sum(answer.values()) for answer in answers)
    by_stage: dict[str, list[float]] = {}
    for answer in answers:
        for stage, ns in answer.items():
            by_stage.setdefault(stage, []).append(ns)
    rows = [
        (stage, micro(percentile(ns, 50)), micro(percentile(ns, 99)), f"{sum(ns) / total:.1%}")
        for stage, ns in sorted(by_stage.items(), key=lambda item: -sum(item[1]))
    ]
    yield table(("stage", "p50", "p99", "share of all time"), rows)


def micro(ns: float) -> str:
    """Nanoseconds as milliseconds, fine enough for what takes microseconds."""
    return f"{ns / 1e6:.3f} ms"
