"""Commands on directories: import, check, build."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from index.errors import BadInput
from index.vectors import Floats
from matcher.build import Report
from matcher.build import build as build_version
from matcher.directory import Problem, read_directory
from matcher.imports import approach_records, directory_records
from matcher.taxonomy import Taxonomy
from matcher.weights import DEFAULT
from service.commands.options import as_json, existing_file, index, print_json


@click.command(
    "import",
    epilog="Example: matcher import relational-therapy.html emdr.html -o directory.jsonl",
)
@click.argument("pages", nargs=-1, required=True, type=existing_file)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The directory file to write; approaches go to OUTPUT.approaches.jsonl beside it.",
)
@as_json
def import_(pages: tuple[Path, ...], output: Path, as_json: bool) -> None:
    """Turn saved directory pages (text or HTML), one approach a page, into a directory file."""
    try:
        from matcher.pages import read_page
    except ImportError:
        raise BadInput("reading pages needs the extra `build`: run `make install`") from None
    if not output.name or output.resolve() in [page.resolve() for page in pages]:
        raise BadInput("name another file to write than the pages", "output")
    if output.exists() and not output.is_file():
        raise BadInput(f"{output} is no file that can be written", "output")
    taxonomy = Taxonomy.packaged()
    read = [read_page(page) for page in pages]
    records, approaches = directory_records(read, taxonomy), approach_records(read, taxonomy)
    beside = output.with_suffix(".approaches.jsonl")
    _write_lines(output, records)
    _write_lines(beside, approaches)
    for path, page in zip(pages, read, strict=True):
        for line, what in page.notes:
            click.echo(f"{path}:{line}: {what}", err=True)
    # What a page holds may be more than a record may: that is said now, and not at the build.
    for problem in read_directory(output).problems:
        click.echo(_told(output, problem), err=True)
    entries = sum(len(page.entries) for page in read)
    if as_json:
        print_json({"therapists": len(records), "statements": entries, "directory": str(output)})
    else:
        click.echo(
            f"{output}: {len(records)} therapists with {entries} statements from {len(read)} "
            f"page{'s'[: len(read) - 1]}; {beside}: {len(approaches)} "
            f"approach{'es' if len(approaches) > 1 else ''}"
        )


@click.command(epilog="Example: matcher check directory.jsonl")
@click.argument("directory", type=existing_file)
@as_json
def check(directory: Path, as_json: bool) -> None:
    """Report every problem of a directory file with its line; 1 if a line can't be taken."""
    read = read_directory(directory)
    statements = sum(len(t.statements) for t in read.therapists)
    if as_json:
        print_json(
            {
                "therapists": len(read.therapists),
                "statements": statements,
                "skipped": read.skipped,
                "problems": [_problem(p) for p in read.problems],
            }
        )
    else:
        for problem in read.problems:
            click.echo(_told(directory, problem))
        click.echo(
            f"{directory}: {len(read.therapists)} therapists with {statements} statements can be "
            f"taken, {read.skipped} lines can't"
            + ("" if read.therapists or read.skipped else ": there is no line in it")
        )
    sys.exit(1 if read.errors or not read.therapists else 0)


@click.command(
    epilog="Example: matcher build directory.jsonl --index my-index "
    "--approaches directory.approaches.jsonl"
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
    "--approaches",
    type=existing_file,
    help="Names and descriptions of approaches, as `matcher import` writes them.",
)
@as_json
def build(
    directory: Path, index: Path, encoder: str, approaches: Path | None, as_json: bool
) -> None:
    """Encode a directory and publish it as a new version; an unchanged one builds nothing."""
    report = build_version(directory, index, encoder, approaches, _bar)
    read = report.directory
    if as_json:
        print_json(_report(report))
        return
    for problem in read.problems:
        click.echo(_told(directory, problem), err=True)
    taken = (
        f"{len(read.therapists)} therapists, {report.statements} statements, "
        f"{report.passages} passages; {read.skipped} lines skipped"
    )
    done = "published" if report.published else "nothing changed, live is"
    click.echo(f"{done} version {report.version}: {taken}")


def _bar(vectors: Iterable[Floats], texts: int) -> Iterable[Floats]:
    """Show a progress bar, unless standard error is no terminal."""
    if not sys.stderr.isatty():
        yield from vectors
        return
    with click.progressbar(vectors, length=texts, label="Encoding", file=sys.stderr) as bar:
        yield from bar


def _told(path: Path, problem: Problem) -> str:
    return f"{path}:{problem}" + ("" if problem.error else " (a warning: the line is taken)")


def _problem(problem: Problem) -> dict[str, Any]:
    level = "error" if problem.error else "warning"
    return {
        "line": problem.line, "field": problem.field, "what": problem.what, "level": level
    }  # fmt: skip


def _report(report: Report) -> dict[str, Any]:
    read = report.directory
    return {
        "version": report.version,
        "published": report.published,
        "therapists": len(read.therapists),
        "statements": report.statements,
        "passages": report.passages,
        "encoded": report.encoded,
        "skipped": read.skipped,
        "problems": [_problem(p) for p in read.problems],
    }


def _write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    """Write JSON Lines beside the path first, then move it there."""
    path = path.resolve()
    fresh = path.with_name(f".{path.name}.new")
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
