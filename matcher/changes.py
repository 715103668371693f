"""Changes made without a rebuild: pause, edit or remove a therapist, over every version at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import Damaged
from index.history import append_line, read_lines

FILE = "changes.jsonl"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """What was set and who was removed, by therapist id, each with its day (YYYY-MM-DD, UTC)."""

    fields: Mapping[str, Mapping[str, tuple[str, Any]]] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.fields or self.removed)

    @classmethod
    def read(cls, folder: Path) -> "Changes":
        """Read an index folder's changes; the last one of a field wins.

        A line that is no change is passed over: it must not keep the others from counting.
        Raises Damaged where the file can't be read: whoever was removed would be back.
        """
        try:
            lines = list(filter(_is_change, read_lines(folder / FILE)))
        except OSError as error:
            raise Damaged(
                f"{folder / FILE} can't be read ({type(error).__name__}): give rights to it"
            ) from None
        fields: dict[str, dict[str, tuple[str, Any]]] = {}
        removed: dict[str, str] = {}
        for line in lines:
            day = str(line.get("at", ""))[:10]
            if line.get("remove"):
                removed[line["id"]] = day
            for name, value in line.get("set", {}).items():
                fields.setdefault(line["id"], {})[name] = (day, value)
        return cls(fields, removed)

    def applied(self, record: Record) -> Record | None:
        """The record as changed, or None if it was removed; one `updated` later wins."""
        updated, id_ = record.get("updated", ""), record["id"]
        if id_ in self.removed and updated <= self.removed[id_]:
            return None
        news = {n: v for n, (day, v) in self.fields.get(id_, {}).items() if updated <= day}
        if all(n in record and record[n] == value for n, value in news.items()):
            return record
        return {**record, **news}


def _is_change(line: Record) -> bool:
    return isinstance(line.get("id"), str) and isinstance(line.get("set", {}), dict)


def note_set(folder: Path, id_: str, fields: Mapping[str, Any]) -> None:
    """Write down new values of a therapist's fields."""
    append_line(folder / FILE, {"at": _now(), "id": id_, "set": dict(fields)})


def note_removed(folder: Path, id_: str) -> None:
    """Write down that a therapist left."""
    append_line(folder / FILE, {"at": _now(), "id": id_, "remove": True})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
