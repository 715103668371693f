"""The command that measures."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.errors import Missing
from index.where import Where
from matcher import Matcher
from service.commands.options import as_json, existing_file, index, print_json

if TYPE_CHECKING:
    from matcher.evaluation import JudgedQuery, Row

LEADING = "nDCG@10"  # the measure that settings are compared by


@click.command(
    "eval",
    epilog="Example: matcher eval --index my-index --queries data/queries.jsonl "
    "--qrels data/qrels.txt",
)
@index
@click.option(
    "--queries",
    required=True,
    type=existing_file,
    help="JSON Lines with id, text and maybe title and topic.",
)
@click.option(
    "--qrels",
    required=True,
    type=existing_file,
    help="Judgments in TREC format: query id, 0, therapist id, grade.",
)
@as_json
def evaluate(index: Where, queries: Path, qrels: Path, as_json: bool) -> None:
    """Measure the whole engine on judged queries, beside what it has to be better than.

    Each figure is an average over the queries of a topic, then over the topics.
    """
    try:
        from matcher import evaluation
    except ImportError:
        raise Missing("measuring needs the extra `build`: run `make install`") from None
    rankers = evaluation.rankers(Matcher.open(index))
    asked = evaluation.read_queries(queries)
    rows = evaluation.evaluate(rankers, asked, evaluation.read_qrels(qrels), _bar)
    samples = [row.sample(LEADING) for row in rows]
    bounds = [sample.interval() for sample in samples]
    chances = [None, *(samples[0].difference(sample) for sample in samples[1:])]
    if as_json:
        found = zip(rows, bounds, chances, strict=True)
        print_json({row.name: _body(row, bound, chance) for row, bound, chance in found})
        return
    names = list(rows[0].measures)
    click.echo(f"{len(rows[0].topics)} topics, {len(samples[0].values)} queries")
    click.echo(f"{'':32}" + "".join(f"{name:>10}" for name in names) + f"{LEADING:>20}, 95 %     p")
    for row, (low, high), chance in zip(rows, bounds, chances, strict=True):
        figures = "".join(f"{row.measures[name]:10.3f}" for name in names)
        by_chance = "" if chance is None else f"{chance:.4f}"
        click.echo(f"{row.name:32}{figures}{low:17.3f} to {high:.3f}{by_chance:>8}".rstrip())
    click.echo(f"p: how likely the engine's {LEADING} differs as much by chance.")


def _body(row: "Row", bounds: tuple[float, float], chance: float | None) -> dict[str, object]:
    return {
        "macro": row.measures,
        "topics": row.topics,
        "interval": {LEADING: bounds},
        "p": {LEADING: chance},
    }


def _bar(queries: "Iterable[JudgedQuery]", length: int) -> "Iterable[JudgedQuery]":
    if not sys.stderr.isatty():
        yield from queries
        return
    with click.progressbar(queries, length=length, label="Measuring", file=sys.stderr) as bar:
        yield from bar
