"""The command that builds."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from index.errors import BadInput
from index.vectors import Floats
from index.where import Where
from matcher.build import Options, Report
from matcher.build import build as build_version
from matcher.gates import Gates, Judged, read_golden
from matcher.quantising import INT8, PRECISIONS
from matcher.weights import DEFAULT
from service.commands.directory import problem_body, told
from service.commands.options import as_json, existing_file, index, print_json


@click.command(
    epilog="Example: matcher build directory.jsonl --index my-index --golden golden.jsonl --dry-run"
)
@click.argument("directory", type=existing_file)
@index
@click.option(
    "--encoder",
    default=DEFAULT,
    show_default=True,
    metavar="MODEL",
    help="A sentence-transformers model: a folder, or a name in the hub's local cache.",
)
@click.option(
    "--tuned/--plain",
    default=True,
    show_default=True,
    help="The default encoder with what it learnt about this field, or as it was published.",
)
@click.option(
    "--precision",
    type=click.Choice(PRECISIONS),
    default=INT8,
    show_default=True,
    help="Of the encoder. float32 is slower and gives much the same answers.",
)
@click.option(
    "--approaches",
    type=existing_file,
    help="Names and descriptions of approaches, as `matcher import` writes them.",
)
@click.option(
    "--max-loss",
    type=click.FloatRange(0, 100),
    default=20,
    show_default=True,
    help="Refuse if more than this percentage of the live therapists would be gone.",
)
@click.option(
    "--golden",
    type=existing_file,
    help="Refuse unless these find whom they expect: JSON Lines with text, expect (ids), k.",
)
@click.option("--queries", type=existing_file, help="With --qrels and --floor: judged queries.")
@click.option("--qrels", type=existing_file, help="Their judgments, in TREC format.")
@click.option("--floor", type=click.FloatRange(0, 1), help="Refuse below this nDCG@10.")
@click.option("--force", is_flag=True, help="Publish all the same; the history says over what.")
@click.option("--dry-run", is_flag=True, help="Do everything but publish.")
@click.option("--keep", default=5, show_default=True, type=click.IntRange(1), help="Versions kept.")
@as_json
@click.pass_context
def build(
    ctx: click.Context,
    directory: Path,
    index: Where,
    encoder: str,
    tuned: bool,
    precision: str,
    approaches: Path | None,
    max_loss: float,
    golden: Path | None,
    queries: Path | None,
    qrels: Path | None,
    floor: float | None,
    force: bool,
    dry_run: bool,
    keep: int,
    as_json: bool,
) -> None:
    """Encode what changed in a directory, check it, and publish it as a new version.

    An unchanged directory builds nothing. A version that fails a check is not published: too
    many therapists gone, a golden query that misses, quality below a floor, or an encoder that
    changes without --encoder, --tuned or --plain.
    """
    asked = any(
        ctx.get_parameter_source(name) is not ParameterSource.DEFAULT
        for name in ("encoder", "tuned")
    )
    gates = Gates(
        max_loss=max_loss / 100,
        golden=read_golden(golden) if golden else (),
        judged=_judged(queries, qrels, floor),
        same_encoder=not asked,
    )
    options = Options(encoder, tuned, precision, approaches, gates, force, dry_run, keep)
    report = build_version(directory, index, options, progress_bar)
    if as_json:
        print_json(_body(report))
    else:
        _print(directory, report, dry_run)


def progress_bar(vectors: Iterable[Floats], texts: int) -> Iterable[Floats]:
    """Show how far encoding is, unless standard error is no terminal."""
    if not sys.stderr.isatty():
        yield from vectors
        return
    with click.progressbar(vectors, length=texts, label="Encoding", file=sys.stderr) as bar:
        yield from bar


def _judged(queries: Path | None, qrels: Path | None, floor: float | None) -> Judged | None:
    if queries and qrels and floor is not None:
        return Judged(queries, qrels, floor)
    if queries or qrels or floor is not None:
        raise BadInput("--queries, --qrels and --floor go together", "floor")
    return None


def _print(directory: Path, report: Report, dry_run: bool) -> None:
    for problem in report.directory.problems:
        click.echo(told(directory, problem), err=True)
    for id_ in report.removed:
        click.echo(f"{id_} was removed from the index and is left out", err=True)
    for gate in report.forced:
        click.echo(f"{gate}: {report.gates[gate]}", err=True)
    if report.published:
        done = "published"
    else:
        done = "would publish" if dry_run and report.gates else "nothing changed, live is"
    counts = report.counts
    click.echo(
        f"{done} version {report.version}: {counts['therapists']} therapists, "
        f"{counts['statements']} statements, {counts['passages']} passages; "
        f"{report.directory.skipped} lines skipped, {report.encoded} texts encoded"
    )


def _body(report: Report) -> dict[str, Any]:
    return {
        "version": report.version,
        "published": report.published,
        **report.counts,
        "encoded": report.encoded,
        "skipped": report.directory.skipped,
        "removed": list(report.removed),
        "gates": dict(report.gates),
        "forced": list(report.forced),
        "pruned": list(report.pruned),
        "problems": [problem_body(p) for p in report.directory.problems],
    }
