"""The figures of one contestant, from its runs: what sections and the README's table show."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.metrics import Spread, percentile, ratios, spread
from benchmarks.raw import Run


@dataclass(frozen=True)
class Figures:
    """Medians over the rounds: times in nanoseconds, memory in bytes.

    `beside` tells how many times this engine's time a contestant takes at p50; None where this
    engine was not measured in the same rounds.
    """

    p50: float
    p90: float
    p99: float
    startup: float
    peak: float
    end: float
    beside: Spread | None


def figures(runs: Sequence[Run], ours: Sequence[Run]) -> Figures:
    """The figures of a contestant's runs beside this engine's, round by round."""
    same = [run.round for run in runs] == [run.round for run in ours]
    return Figures(
        p50=spread(at(runs, 50)).median,
        p90=spread(at(runs, 90)).median,
        p99=spread(at(runs, 99)).median,
        startup=spread([run.startup_ns for run in runs]).median,
        peak=spread([run.peak_bytes for run in runs]).greatest,
        end=spread([run.end_bytes for run in runs]).median,
        beside=ratios(at(runs, 50), at(ours, 50)) if same else None,
    )


def at(runs: Sequence[Run], share: float) -> list[float]:
    """A percentile of the queries' times for each round, in nanoseconds."""
    return [percentile([query.ns for query in run.queries], share) for run in runs]
