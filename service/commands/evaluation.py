"""The command that measures."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from index.errors import Missing
from matcher import Matcher
from service.commands.options import as_json, existing_file, index, print_json

if TYPE_CHECKING:
    from matcher.evaluation import JudgedQuery


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
def evaluate(index: Path, queries: Path, qrels: Path, as_json: bool) -> None:
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
    if as_json:
        print_json({row.name: {"macro": row.measures, "topics": row.topics} for row in rows})
        return
    names = list(rows[0].measures)
    click.echo(f"{len(rows[0].topics)} topics")
    click.echo(f"{'':32}" + "".join(f"{name:>10}" for name in names))
    for row in rows:
        click.echo(f"{row.name:32}" + "".join(f"{row.measures[name]:10.3f}" for name in names))


def _bar(queries: "Iterable[JudgedQuery]", length: int) -> "Iterable[JudgedQuery]":
    if not sys.stderr.isatty():
        yield from queries
        return
    with click.progressbar(queries, length=length, label="Measuring", file=sys.stderr) as bar:
        yield from bar
