"""How well the engine matches, as it is served, beside what it has to be better than.

    python -m benchmarks.quality OUT

Measures every set of `benchmarks.sets` through `Matcher.match`: the engine, the engine with each
part left out, and reference rows, of which those called plain use the encoder as it was published.
On the sample also how evenly therapists are shown, and whether texts that say the same need in
other words get the same list. Writes OUT/raw/quality.json, which holds every query's figures.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click

from benchmarks import raw, sets, wishing
from benchmarks.data import DATA, QUESTIONS
from benchmarks.fairness import by_kind, exposure, overlap
from matcher import Matcher
from matcher.build import Options, build
from matcher.evaluation import Ranker, Row, engine, evaluate, rankers
from matcher.ranking import Weights
from matcher.text import LONGEST

ENGINE, ALONE = "engine", "encoder alone"
NO_SIGNAL = ("slope", "middle", "good_match")  # of the weights: these order nothing
FIRST = 10
WORST = 5  # pairs told whose lists differ most


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def main(out: Path) -> None:
    """Measure every ranking on every set."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        every = [*sets.sample(folder), *sets.counselchat(folder)]
        found = []
        for its in every:
            found.append(measure(its, *matchers(its, folder / its.name)))
            click.echo(f"{its.name}: {len(found[-1]['rows'])} rows")
        shown = Matcher.open(folder / every[0].name / "tuned")
        figures = {
            "sets": found,
            "shown": evenness(shown),
            "same": sameness(shown),
            "good": good(shown),
            "wishes": list(wishing.judge(shown)),
        }
    raw.write(out / "raw", "quality", figures)


def matchers(its: sets.JudgedSet, folder: Path) -> tuple[Matcher, Matcher]:
    """The set's directory as it is served, and with the encoder as it was published."""
    for name, tuned in (("tuned", True), ("plain", False)):
        build(its.directory, folder / name, Options(tuned=tuned))
    return Matcher.open(folder / "tuned"), Matcher.open(folder / "plain")


def measure(its: sets.JudgedSet, matcher: Matcher, plain: Matcher) -> dict[str, Any]:
    """A set's rows, each with its figures by topic and query."""
    served, published = rankers(matcher), rankers(plain)
    rows = {ENGINE: served.pop(ENGINE), **without(matcher), **served}
    rows["engine, plain encoder"] = published[ENGINE]
    for name, ranker in published.items():
        if name.startswith(ALONE):
            rows[name.replace(ALONE, "plain encoder alone")] = ranker
    measured = evaluate(rows, its.queries, its.qrels)
    return {"set": its.name, "therapists": len(matcher.contents), "rows": list(map(body, measured))}


def without(matcher: Matcher) -> dict[str, Ranker]:
    """The engine with one signal left out, for each signal it has."""
    found = {}
    for name in (field.name for field in fields(Weights) if field.name not in NO_SIGNAL):
        if getattr(matcher.weights, name):
            found[f"without {name}"] = engine(_with(matcher, name, 0.0))
    return found


def body(row: Row) -> dict[str, Any]:
    """A row as plain values, rounded."""
    queries = {
        topic: {id_: {m: round(v, 5) for m, v in values.items()} for id_, values in its.items()}
        for topic, its in row.queries.items()
    }
    return {"name": row.name, "queries": queries}


def evenness(matcher: Matcher) -> dict[str, Any]:
    """How evenly therapists are shown over many texts, with the correction for hubs and without."""
    texts = list(_texts())
    found = {"with": matcher, "without": _with(matcher, "hubs", 0.0)}
    ids = list(matcher.contents.groups)
    rows = {name: exposure([_first(its, t) for t in texts], ids) for name, its in found.items()}
    return {"texts": len(texts), "therapists": len(ids), "rows": rows}


def sameness(matcher: Matcher) -> dict[str, Any]:
    """How much of the first ten pairs of texts share that say the same need."""
    pairs = sets.read(DATA / "same_need.jsonl")
    shared = overlaps(matcher, pairs)
    order = sorted(range(len(pairs)), key=lambda place: shared[place])
    worst = [{"id": pairs[at]["id"], "overlap": shared[at]} for at in order[:WORST]]
    return {"pairs": len(pairs), "kinds": by_kind(pairs, shared), "worst": worst}


def good(matcher: Matcher) -> dict[str, dict[str, float]]:
    """For texts of several kinds, how many there are and the share told to have a good match."""
    texts = {
        "off topic": [query.text for query in sets.off_topic()],
        "the sample's queries": [r["text"] for r in sets.read(DATA / "queries.jsonl")],
        "real questions": list(_questions()),
    }
    return {
        name: {"texts": len(its), "good": sum(matcher.match(t).good_match for t in its) / len(its)}
        for name, its in texts.items()
        if its
    }


def overlaps(matcher: Matcher, pairs: Sequence[Mapping[str, Any]]) -> list[float]:
    """What of the first ten the two texts of each pair share."""
    return [overlap(_first(matcher, pair["a"]), _first(matcher, pair["b"])) for pair in pairs]


def _texts() -> Iterator[str]:
    yield from (record["text"] for record in sets.read(DATA / "queries.jsonl"))
    for pair in sets.read(DATA / "same_need.jsonl"):
        yield pair["a"]
    yield from _questions()


def _questions() -> Iterator[str]:
    for record in sets.read(QUESTIONS) if QUESTIONS.is_file() else ():
        yield f"{record['title']}\n{record['text']}"[:LONGEST]


def _first(matcher: Matcher, text: str) -> list[str]:
    return [match.therapist.id for match in matcher.match(text, limit=FIRST).matches]


def _with(matcher: Matcher, name: str, value: float) -> Matcher:
    other = copy(matcher)
    other.weights = replace(matcher.weights, **{name: value})
    return other


if __name__ == "__main__":
    main()
