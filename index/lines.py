"""Files of JSON lines that are only added to, and outlive a crash and a full disk."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any


def append_lines(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Append lines of JSON and fsync: all of them, or none where the disk is full.

    A line that a crash cut short is ended first.
    """
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
    """The JSON objects of a file written by `append_lines`; none where there is no file."""
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
