"""Commands on versions: versions, verify, rollback, diff."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from index.errors import Damaged, TooNew
from index.versions import Store
from index.where import Where
from matcher import Matcher
from matcher.changes import Changes
from matcher.compare import Difference, compare
from service.commands.options import as_json, existing_file, index, print_json


@click.command(epilog="Example: matcher versions --index my-index")
@index
@as_json
def versions(index: Where, as_json: bool) -> None:
    """List the versions, the one made live last first."""
    listed = _listed(Store(index))
    if as_json:
        print_json(listed)
        return
    for row in listed:
        marks = ["live"] if row["live"] else []
        marks += [f"forced over {', '.join(row['forced'])}"] if row["forced"] else []
        click.echo(
            f"{row['version']}  {row['published'] or 'never live':25}  "
            f"{row['therapists']:>7} therapists  {row['bytes'] / 1e6:7.1f} MB  "
            f"over {row['parent'] or 'nothing':16}  {'; '.join(marks)}".rstrip()
        )


@click.command(epilog="Example: matcher verify --index my-index")
@index
@click.option("--version", metavar="ID", help="Another version than the live one.")
def verify(index: Where, version: str | None) -> None:
    """Recompute the hash of every file of the live version; 1 if one is not what it was."""
    store = Store(index)
    opened = store.verified(store.named(version) if version else None)
    Matcher(opened, Changes())
    click.echo(f"version {opened.id}: {len(opened.manifest['files'])} files are what they were")


@click.command(epilog="Example: matcher rollback --index my-index")
@index
@click.option("--to", metavar="ID", help="Another version than the live one's parent.")
def rollback(index: Where, to: str | None) -> None:
    """Make the version before the live one live again, at once."""
    click.echo(f"version {Store(index).rollback(to)} is live")


@click.command(
    epilog="Example: matcher diff 1a2b 3c4d --index my-index --queries data/queries.jsonl"
)
@click.argument("old")
@click.argument("new")
@index
@click.option("--queries", type=existing_file, help="Show whose first ten moved, too.")
@as_json
def diff(old: str, new: str, index: Where, queries: Path | None, as_json: bool) -> None:
    """Compare two versions: therapists, statements, and answers to a set of queries."""
    store = Store(index)
    before, after = (Matcher(store.open(store.named(v)), Changes()) for v in (old, new))
    asked: list[tuple[str, str]] = []
    if queries:
        from matcher.evaluation import read_queries

        asked = [(query.id, query.text) for query in read_queries(queries)]
    difference = compare(before, after, asked)
    if as_json:
        print_json(asdict(difference))
    else:
        _print(difference)


def _listed(store: Store) -> list[dict[str, Any]]:
    live = store.current()
    entries = [entry for entry in store.history.entries() if entry.by != "rollback"]
    made = {entry.version: entry for entry in entries}
    order = {entry.version: number for number, entry in enumerate(entries)}
    rows = []
    for version in store.ids():
        entry, manifest = made.get(version), _manifest(store, version)
        rows.append(
            {
                "version": version,
                "published": entry.published if entry else "",
                "by": entry.by if entry else "",
                "parent": entry.parent if entry else None,
                "forced": list(entry.forced) if entry else [],
                "live": version == live,
                "therapists": manifest["counts"]["therapists"] if manifest else 0,
                "bytes": sum(file["bytes"] for file in manifest.get("files", {}).values()),
            }
        )
    return sorted(rows, key=lambda row: order.get(row["version"], -1), reverse=True)


def _manifest(store: Store, version: str) -> dict[str, Any]:
    """A version's manifest, empty where it is damaged or of another release."""
    try:
        return store.manifest(version)
    except (Damaged, TooNew):
        return {}


def _print(difference: Difference) -> None:
    for name in ("added", "removed", "changed"):
        ids = getattr(difference, name)
        shown = ", ".join(ids[:10]) + (", …" if len(ids) > 10 else "")
        click.echo(f"therapists {name:8} {len(ids):6}  {shown}".rstrip())
    click.echo(f"statements that came or went {difference.statements:3}")
    click.echo(f"vectors of the same texts that differ {difference.vectors}")
    if difference.encoder_changed:
        click.echo("the encoder is another one")
    if difference.queries:
        click.echo(f"first ten moved {len(difference.moved):8}  of {difference.queries} queries")
    for moved in difference.moved:
        came = f"  came {', '.join(moved.came)}" if moved.came else ""
        went = f"  went {', '.join(moved.went)}" if moved.went else ""
        click.echo(f"  {moved.query}: by up to {moved.places} places{came}{went}")
