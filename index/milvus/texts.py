"""Texts in one collection of a Milvus: whatever a version has that isn't searched, and the logs.

A text has a name and is cut into parts, since Milvus takes no more than 64 KB at a time; it stands
as base64, since Milvus takes no bytes. The first part is written last and taken away first: with it
a text is there as a whole, or not at all.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pymilvus import DataType

from index.errors import Damaged
from index.milvus.connection import SECONDS, WORK, Absent, Connection

PART = 48_000  # bytes of a part; a third more as base64
AT_ONCE = 64  # parts sent or asked for at a time: 4 MB
FIELDS = (
    {"field_name": "id", "datatype": DataType.VARCHAR, "is_primary": True, "max_length": 200},
    {"field_name": "name", "datatype": DataType.VARCHAR, "max_length": 200},
    {"field_name": "part", "datatype": DataType.INT64},
    {"field_name": "parts", "datatype": DataType.INT64},
    {
        "field_name": "data",
        "datatype": DataType.VARCHAR,
        "max_length": 65_535,
        "mmap_enabled": True,  # read from the disk where a server can
    },
    # Milvus has no collection without one.
    {"field_name": "vector", "datatype": DataType.FLOAT_VECTOR, "dim": 2},
)


class Texts:
    """The texts in a collection, which the first one to be kept makes."""

    def __init__(self, connection: Connection, collection: str) -> None:
        self._connection, self._collection = connection, collection
        self._made = False

    def names(self, start: str) -> list[str]:
        """The names of the texts that begin like this, sorted."""
        return sorted(row["name"] for row in self._first(start, "name"))

    def traces(self, start: str) -> set[str]:
        """The same, and those of which parts are there but not the first."""
        where = f'name like "{start}%" and part <= 1'
        return {row["name"] for row in self._every(where, "name")}

    def all(self, start: str) -> Iterator[tuple[str, bytes]]:
        """The texts whose names begin like this, and their names, in the order of these."""
        rows = self._first(start, "name", "parts", "data")
        for row in sorted(rows, key=lambda row: str(row["name"])):
            yield row["name"], b"".join(self._parts(row))

    def read(self, name: str, timeout: float = SECONDS) -> Iterator[bytes] | None:
        """A text, part by part; None where there is none. Seconds are for its first part."""
        try:
            rows = self._ask([_id(name, 0)], timeout)
        except Absent:
            rows = []
        return self._parts(rows[0]) if rows else None

    def put(self, texts: Mapping[str, bytes]) -> None:
        """Keep texts by their names: all of them are there when this returns, or none."""
        self._make()
        rows = [row for name, content in texts.items() for row in _rows(name, content)]
        rest = [row for row in rows if row["part"]]
        for start in range(0, len(rest), AT_ONCE):
            self._connection.ask("upsert", self._collection, rest[start : start + AT_ONCE])
        first = [row for row in rows if not row["part"]]
        self._connection.ask("upsert", self._collection, first, timeout=WORK)

    def put_file(self, name: str, path: Path) -> None:
        """Keep a file's content, however large it is."""
        self._make()
        parts = max(1, -(-path.stat().st_size // PART))
        with path.open("rb") as file:
            first = _row(name, 0, parts, file.read(PART))
            for start in range(1, parts, AT_ONCE):
                numbers = range(start, min(start + AT_ONCE, parts))
                rows = [_row(name, number, parts, file.read(PART)) for number in numbers]
                self._connection.ask("upsert", self._collection, rows)
        self._connection.ask("upsert", self._collection, [first])

    def delete(self, names: Sequence[str]) -> None:
        """Take texts away, if they are there."""
        for start in range(0, len(names), AT_ONCE):
            some = names[start : start + AT_ONCE]
            told = ", ".join(f'"{name}"' for name in some)
            with suppress(Absent):
                ids = [_id(name, 0) for name in some]
                self._connection.ask("delete", self._collection, ids=ids, timeout=WORK)
                rest = f"name in [{told}]"
                self._connection.ask("delete", self._collection, filter=rest, timeout=WORK)

    def _make(self) -> None:
        if not self._made:
            self._connection.create(self._collection, FIELDS, level="Strong")
            self._connection.ask("load_collection", self._collection, timeout=WORK)
            self._made = True

    def _first(self, start: str, *fields: str) -> list[dict[str, Any]]:
        """The first parts of all texts whose names begin like this."""
        return self._every(f'name like "{start}%" and part == 0', *fields)

    def _every(self, where: str, *fields: str) -> list[dict[str, Any]]:
        try:
            return self._connection.every(self._collection, where, fields)
        except Absent:
            return []

    def _ask(self, ids: list[str], timeout: float = SECONDS) -> list[dict[str, Any]]:
        asked = ["name", "part", "parts", "data"]
        rows = self._connection.ask(
            "query", self._collection, ids=ids, output_fields=asked, timeout=timeout
        )
        return sorted(rows, key=lambda row: int(row["part"]))

    def _parts(self, first: Mapping[str, Any]) -> Iterator[bytes]:
        yield base64.b64decode(first["data"])
        for start in range(1, first["parts"], AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, first["parts"]))
            rows = self._ask([_id(first["name"], number) for number in numbers])
            if len(rows) < len(numbers):
                raise Damaged(f"a part of {first['name']} is missing: build again")
            yield from (base64.b64decode(row["data"]) for row in rows)


def _id(name: str, number: int) -> str:
    return f"{name}/{number:06}"


def _rows(name: str, content: bytes) -> list[dict[str, Any]]:
    parts = [content[start : start + PART] for start in range(0, len(content), PART)] or [b""]
    return [_row(name, number, len(parts), part) for number, part in enumerate(parts)]


def _row(name: str, number: int, parts: int, part: bytes) -> dict[str, Any]:
    data = base64.b64encode(part).decode()
    told = {"id": _id(name, number), "name": name, "part": number, "parts": parts, "data": data}
    return {**told, "vector": [0.0, 0.0]}
