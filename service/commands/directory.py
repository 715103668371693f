"""Commands on directories: import, check."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from index.errors import BadInput
from matcher.directory import Problem, read_directory
from matcher.taxonomy import Taxonomy
from service.commands.options import as_json, existing_file, print_json


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
        from matcher.imports import approach_records, directory_records
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
        click.echo(told(output, problem), err=True)
    entries = sum(len(record["statements"]) for record in records)
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
                "problems": [problem_body(p) for p in read.problems],
            }
        )
    else:
        for problem in read.problems:
            click.echo(told(directory, problem))
        click.echo(
            f"{directory}: {len(read.therapists)} therapists with {statements} statements can be "
            f"taken, {read.skipped} lines can't"
            + ("" if read.therapists or read.skipped else ": there is no line in it")
        )
    sys.exit(1 if read.errors or not read.therapists else 0)


def told(path: Path, problem: Problem) -> str:
    """A problem as a line for a person."""
    return f"{path}:{problem}" + ("" if problem.error else " (a warning: the line is taken)")


def problem_body(problem: Problem) -> dict[str, Any]:
    """A problem as JSON tells it."""
    level = "error" if problem.error else "warning"
    return {
        "line": problem.line, "field": problem.field, "what": problem.what, "level": level
    }  # fmt: skip


def _write_lines(path: Path, records: list[dict[str, Any]]) -> None:
    """Write JSON Lines beside the path first, then move it there."""
    path = path.resolve()
    fresh = path.with_name(f".{path.name}.new")
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
