"""Commands on API keys: keys add, keys list, keys revoke."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from index.where import milvus
from service import keys as kept
from service.commands.options import as_json, config, print_json
from service.keys import SCOPES, Key, Scope
from service.sources import settings_from


def located(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the file of keys that a server with these options follows."""

    @wraps(command)
    def run(index: str | None, keys: str | None, config: str | None, **others: Any) -> None:
        # Where the keys are named the index may be anywhere.
        given = {"index": index or ("." if keys else None), "keys": keys}
        settings = settings_from(given, config)
        if keys is None and milvus(settings.index):
            settings.keys.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        command(path=settings.keys, **others)

    for option in (
        config,
        click.option("--keys", metavar="FILE", help="The file of keys; else keys.json in DIR."),
        click.option("--index", metavar="DIR", help="The index folder (or MATCHER_INDEX)."),
    ):
        run = option(run)
    return run


@click.group(epilog='Example: matcher keys add "the site" --index my-index')
def keys() -> None:
    """Make, list and revoke API keys; a running server follows within 2 seconds."""


@keys.command(epilog='Example: matcher keys add "the site" --scope match --index my-index')
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    default=("match",),
    show_default="match",
    help="What it is good for; admin changes the directory, and may match too.",
)
@located
@as_json
def add(name: str, scopes: tuple[Scope, ...], path: Path, as_json: bool) -> None:
    """Make a key for NAME and print its token, this once: only its hash is kept."""
    key, token = kept.add(path, name, scopes)
    if as_json:
        print_json({**_told(key), "token": token})
        return
    told = f"{key.name} may {' and '.join(key.scopes)}. Keep this token: it isn't shown again."
    click.echo(told, err=True)
    click.echo(token)


@keys.command("list", epilog="Example: matcher keys list --index my-index")
@located
@as_json
def list_(path: Path, as_json: bool) -> None:
    """List the keys: id, day made, scopes and name; never a token or its hash."""
    found = kept.Keys(path).all()
    if as_json:
        print_json([_told(key) for key in found])
        return
    for key in found:
        click.echo(f"{key.id}  {key.made}  {', '.join(key.scopes):12}  {key.name}")
    if not found:
        click.echo("There are no keys.", err=True)


@keys.command(epilog='Example: matcher keys revoke "the site" --index my-index')
@click.argument("name")
@located
def revoke(name: str, path: Path) -> None:
    """Revoke the key of this NAME or id: what is sent with it is turned away from now on."""
    key = kept.revoke(path, name)
    click.echo(f"{key.name} ({key.id}) is revoked")
    if not kept.Keys(path).all():
        told = "No key is left: a server on a loopback address now lets everybody match."
        click.echo(told, err=True)


def _told(key: Key) -> dict[str, Any]:
    return {"id": key.id, "name": key.name, "scopes": key.scopes, "made": str(key.made)}
