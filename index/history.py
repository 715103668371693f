"""The history of an index folder: what was made live, when, and over which version."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Entry:
    """A version made live, over which parent, by "build", "rollback", "remove" or "put".

    `gates` says how each check before it went; `forced` names those that failed and were
    overridden. `published` is in UTC.
    """

    version: str
    parent: str | None
    by: str
    gates: Mapping[str, str] = field(default_factory=dict)
    forced: Sequence[str] = ()
    published: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))


class History:
    """The lines of history.jsonl, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "history.jsonl"

    def entries(self) -> list[Entry]:
        """All entries that can be read; a line cut short by a crash is passed over."""
        return list(self._read())

    def add(self, entry: Entry) -> None:
        """Append an entry; it is on disk when this returns."""
        append_line(self.path, asdict(entry))

    def ancestors(self, version: str | None) -> Iterator[str]:
        """The versions this one was built over, nearest first; of the last one made, if None."""
        made = [entry for entry in self.entries() if entry.by != "rollback"]
        if version is None and made:
            version = made[-1].version
            yield version
        parents = {entry.version: entry.parent for entry in made}
        seen = {version}
        while (version := parents.get(version or "")) and version not in seen:
            seen.add(version)
            yield version

    def _read(self) -> Iterator[Entry]:
        for record in read_lines(self.path):
            try:
                yield Entry(**record)
            except TypeError:
                continue


def append_line(path: Path, record: Mapping[str, Any]) -> None:
    """Append a line of JSON and fsync; a line that a crash cut short is ended first."""
    append_lines(path, [record])


def append_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Append lines of JSON and fsync: all of them, or none where the disk is full."""
    text = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    with path.open("ab+") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        torn = file.read(1) not in (b"\n", b"")
        try:
            file.write((b"\n" if torn else b"") + text)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                os.truncate(path, size)
            raise


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file written by `append_line`; none where there is no file."""
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    for line in lines:
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(record, dict):
            yield record
