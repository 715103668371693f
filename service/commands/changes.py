"""Commands that change the live answer without a build: set, put, remove."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from index.errors import BadInput
from index.where import Where
from matcher.directory import read_directory
from matcher.putting import put as put_records
from matcher.removal import remove as remove_therapist
from matcher.removal import set_fields
from service.commands.build import progress_bar
from service.commands.directory import told
from service.commands.options import as_json, existing_file, index, print_json

YES_NO = click.Choice(["yes", "no"])


@click.command(
    "set", epilog="Example: matcher set t-0001 --accepting no --confirmed 2026-11-02 --index DIR"
)
@click.argument("id")
@index
@click.option("--accepting", type=YES_NO, help="Takes new clients.")
@click.option("--telehealth", type=YES_NO, help="Offers online sessions.")
@click.option("--in-person", type=YES_NO, help="Offers sessions in person.")
@click.option("--confirmed", metavar="DATE", help="When that was last confirmed, YYYY-MM-DD.")
@click.option("--fee-min", type=float, help="US dollars a session.")
@click.option("--fee-max", type=float, help="US dollars a session.")
def set_(id: str, index: Where, **options: Any) -> None:  # noqa: A002
    """Change a therapist in the live answer, within a second and over every version.

    A record that a later directory brings, `updated` after the day of this, wins over it.
    """
    fields = {
        name: {"yes": True, "no": False}.get(value, value)
        for name, value in options.items()
        if value is not None
    }
    if not fields:
        raise BadInput("say what to set; --help lists the options", "fields")
    therapist = set_fields(index, id, fields)
    told = ", ".join(f"{name} {_shown(value)}" for name, value in fields.items())
    click.echo(f"{therapist.name} ({therapist.id}): {told}")


@click.command(epilog="Example: matcher remove t-0001 --index my-index")
@click.argument("id")
@index
def remove(id: str, index: Where) -> None:  # noqa: A002
    """Take a therapist out of the answers at once, and out of every version on disk."""
    version = remove_therapist(index, id, progress_bar)
    click.echo(f"{id} is gone from every version; version {version} is live")


@click.command(epilog="Example: matcher put changed.jsonl --index my-index")
@click.argument("directory", type=existing_file)
@index
@as_json
def put(directory: Path, index: Where, as_json: bool) -> None:
    """Add the therapists of a directory file, or replace those of the same id; others stay.

    All or none, in one version made of the live one. No line may break the schema.
    """
    read = read_directory(directory)
    for problem in read.problems:
        click.echo(told(directory, problem), err=True)
    if read.errors:
        raise BadInput(f"{read.skipped} lines can't be taken: nothing was changed")
    done = put_records(index, [therapist.record for therapist in read.therapists], progress_bar)
    if as_json:
        print_json({n: value for n, value in asdict(done).items() if n != "warnings"})
    else:
        click.echo(
            f"version {done.version} is live: {done.added} added, {done.changed} changed, "
            f"{done.unchanged} unchanged, {done.encoded} texts encoded"
        )


def _shown(value: object) -> str:
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
