"""Options that several commands share."""

import json
from pathlib import Path
from typing import Any

import click

from index.where import Where, place


def _place(ctx: click.Context, option: click.Parameter, value: str) -> Where:
    if not value.strip():
        raise click.BadParameter("name the index folder")
    return place(value)


index = click.option(
    "--index",
    callback=_place,
    envvar="MATCHER_INDEX",
    required=True,
    metavar="DIR",
    help="The index folder, or milvus: and an address or a file (or the variable MATCHER_INDEX).",
)
config = click.option("--config", metavar="FILE", help="TOML settings (or MATCHER_CONFIG).")
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program to read.")
existing_file = click.Path(exists=True, dir_okay=False, path_type=Path)


def print_json(value: Any) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
