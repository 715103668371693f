"""Fits the weights of the signals and writes data/ranking.toml.

    python -m benchmarks.fit [--dry-run] [--out OUT]

Fitted on every set of `benchmarks.sets` that is at hand: each weight in turn takes the value of a
coarse grid at which nDCG@10, averaged over the sets, is highest, until none moves. The scale then
follows from how often the first ten were judged to help. What the weights are worth elsewhere is
told by fitting without a set's kin and measuring there; OUT/raw/fit.json keeps those figures.
"""

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import click
import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks import raw, sets
from matcher import Matcher
from matcher.build import build
from matcher.evaluation import evaluate
from matcher.files import DATA
from matcher.query import Query
from matcher.ranking import Weights, probes

# The whole text counts 1; what the others may count beside it. `struggles` stays above 0: who
# answers all of a client's struggles is to stand before one who answers a single one.
GRID: Mapping[str, Sequence[float]] = {
    "struggles": (0.1, 0.2, 0.4),
    "issues": (0, 0.1, 0.15, 0.2, 0.25, 0.3),
    "declared": (0, 0.1, 0.2, 0.3),
    "words": (0, 0.05, 0.1, 0.15),
    "hubs": (0, 0.2, 0.4, 0.6),
}
# By hand: the measure of the others, and what too few texts ask for to be fitted.
FIXED = {"whole": 1.0, "practised": 0.2}
KINDS = ("sample", "CounselChat")  # sets of a kind share their texts
MEASURE = "nDCG@10"
FIRST = 10
# The share of lines off topic whose best match is to be told as no good match.
STAY_BELOW = 0.9
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dev:
    """A set with each signal's scores, float64 (queries, therapists), at a weight of 1."""

    its: sets.JudgedSet
    ids: Sequence[str]
    signals: Mapping[str, Scores]

    @classmethod
    def of(cls, its: sets.JudgedSet, folder: Path) -> "Dev":
        """Build the set's directory and score everyone by everything."""
        build(its.directory, folder)
        contents = Matcher.open(folder).contents
        names = [field.name for field in fields(Weights)]
        alone = {
            name: replace(Weights(**dict.fromkeys(names, 0.0)), **{name: 1.0})
            for name in (*FIXED, *GRID)
        }
        everyone = np.arange(len(contents))
        found: dict[str, list[Scores]] = {name: [] for name in alone}
        for query in its.queries:
            read = Query.of(query.text, contents)
            for name, weights in alone.items():
                total = np.zeros(len(everyone))
                for probe in probes(read, contents, weights):
                    best = contents.fields[probe.field].best(probe.vector[None, :], everyone)
                    total += probe.weight * best[0]
                found[name].append(total)
        stacked = {name: np.stack(rows) for name, rows in found.items()}
        return cls(its, contents.records["id"].to_pylist(), stacked)

    def tops(self, weights: Mapping[str, float]) -> Scores:
        """Each query's highest sum: float64 (queries,)."""
        highest: Scores = self.scores(weights).max(axis=1)
        return highest

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """Everyone's sum of signals for every query."""
        total: Scores = np.sum([w * self.signals[name] for name, w in weights.items()], axis=0)
        return total

    def quality(self, weights: Mapping[str, float]) -> float:
        """The measure at these weights, a macro average."""
        scores = self.scores(weights)
        places = {query.text: place for place, query in enumerate(self.its.queries)}

        def rank(text: str) -> Mapping[str, float]:
            mine = scores[places[text]]
            first = np.argsort(-mine, kind="stable")[: 5 * FIRST]
            return {self.ids[place]: float(mine[place]) for place in first}

        (row,) = evaluate({"": rank}, self.its.queries, self.its.qrels)
        return row.measures[MEASURE]


@click.command()
@click.option("--dry-run", is_flag=True, help="Tell the weights, write none.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path))
def main(dry_run: bool, out: Path | None) -> None:
    """Fit and write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = [*sets.sample(folder), *sets.counselchat(folder)]
        dev = [Dev.of(its, folder / its.name) for its in every]
        nobody = replace(every[0], name="off topic", queries=sets.off_topic(), qrels=[])
        lost = Dev.of(nobody, folder / every[0].name)
    found = fitted(dev)
    slope, middle = calibrate([its for its in dev if its.its.name.startswith("sample")], found)
    least = float(np.quantile(lost.tops(found), STAY_BELOW))
    good_match = 1 / (1 + math.exp(-slope * (least - middle)))
    scale = {"slope": slope, "middle": middle, "good_match": good_match}
    click.echo("  ".join(f"{name} {value:.4f}" for name, value in scale.items()))
    elsewhere = [figure for kind in KINDS for figure in left_out(dev, kind, found)]
    for figure in elsewhere:
        click.echo("{set}: {fitted:.4f}, fitted without it {left_out:.4f}".format_map(figure))
    if out:
        raw.write(out / "raw", "fit", elsewhere)
    if not dry_run:
        path = DATA / "ranking.toml"
        written = path.read_text("utf-8")
        for name, value in (found | scale).items():
            written = _set(written, name, value)
        path.write_text(written, "utf-8")


def fitted(dev: Sequence[Dev]) -> dict[str, float]:
    """The best weights for these sets."""
    found = FIXED | {name: values[1] for name, values in GRID.items()}
    for weights, quality in climb(dev, found, _quality(dev, found)):
        click.echo(f"{quality:.4f}  " + "  ".join(f"{n} {w:g}" for n, w in weights.items()))
        found = weights
    return found


def left_out(
    dev: Sequence[Dev], kind: str, weights: Mapping[str, float]
) -> Iterator[dict[str, str | float]]:
    """What sets of a kind reach at these weights, and at those fitted without them."""
    mine = [its for its in dev if its.its.name.startswith(kind)]
    others = [its for its in dev if its not in mine]
    if not mine or not others:
        return
    without = fitted(others)
    for its in mine:
        reached, apart = its.quality(weights), its.quality(without)
        yield {"set": its.its.name, "fitted": round(reached, 4), "left_out": round(apart, 4)}


def climb(
    dev: Sequence[Dev], start: Mapping[str, float], quality: float
) -> Iterator[tuple[dict[str, float], float]]:
    """Better and better weights, each with its quality; ends where no single one can be bettered.

    A gain below 0.0005 counts for nothing: the smaller weight is kept.
    """
    best = dict(start)
    moved = True
    while moved:
        moved = False
        for name, values in GRID.items():
            tried = {value: _quality(dev, best | {name: value}) for value in values}
            high = max(tried.values())
            value = min(value for value, reached in tried.items() if reached >= high - 0.0005)
            if value != best[name] and tried[value] > quality:
                best, quality, moved = best | {name: value}, tried[value], True
                yield best, quality


def calibrate(dev: Sequence[Dev], weights: Mapping[str, float]) -> tuple[float, float]:
    """Slope and middle at which 1 / (1 + exp(-slope (score - middle))) tells best how likely one of
    the first ten was judged to help (logistic regression).
    """
    values, right = [], []
    for its in dev:
        helps = {(q.query_id, q.doc_id) for q in its.its.qrels if q.relevance > 0}
        for query, mine in zip(its.its.queries, its.scores(weights), strict=True):
            for place in np.argsort(-mine, kind="stable")[:FIRST]:
                values.append(mine[place])
                right.append((query.id, its.ids[place]) in helps)
    x, y = np.array(values), np.array(right, dtype=np.float64)

    def loss(parameters: npt.NDArray[np.float64]) -> float:
        scores = parameters[0] * (x - parameters[1])
        return float(np.logaddexp(0, scores).mean() - (y * scores).mean())

    found = minimize(loss, np.array([5.0, float(x.mean())]), method="Nelder-Mead")
    return float(found.x[0]), float(found.x[1])


def _quality(dev: Sequence[Dev], weights: Mapping[str, float]) -> float:
    return float(np.mean([its.quality(weights) for its in dev]))


def _set(text: str, name: str, value: float) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(
        f"{name} = {round(value, 4)}\n" if line.startswith(f"{name} = ") else line for line in lines
    )


if __name__ == "__main__":
    main()
