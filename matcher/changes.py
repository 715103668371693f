"""Changes made without a rebuild: pause, edit or remove a therapist, over every version at once."""

import fcntl
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from index.engine import engine
from index.errors import Damaged
from index.where import Where

LOG = "changes"
LOCK = ".changes.lock"
Record = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """What was set and who was removed, by therapist id, each with its day (YYYY-MM-DD, UTC).

    A field set to None was taken away.
    """

    fields: Mapping[str, Mapping[str, tuple[str, Any]]] = field(default_factory=dict)
    removed: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self.fields or self.removed)

    @classmethod
    def read(cls, where: Where) -> "Changes":
        """Read an index's changes; the last one of a field wins.

        A line that is no change is passed over: it must not keep the others from counting.
        Raises Damaged where they can't be read: whoever was removed would be back.
        """
        try:
            lines = list(filter(_is_change, engine(where).lines(LOG)))
        except OSError as error:
            raise Damaged(
                f"the changes in {where} can't be read ({type(error).__name__}): give rights to "
                f"the file {LOG}.jsonl"
            ) from None
        fields: dict[str, dict[str, tuple[str, Any]]] = {}
        removed: dict[str, str] = {}
        for line in lines:
            # A record may be dated ahead, and who changes it means it all the same.
            day = max(str(line.get("at", ""))[:10], str(line.get("over", "")))
            if line.get("remove"):
                removed[line["id"]] = day
                fields.pop(line["id"], None)
            elif "remove" in line:
                removed.pop(line["id"], None)
            for name, value in line.get("set", {}).items():
                fields.setdefault(line["id"], {})[name] = (day, value)
        return cls(fields, removed)

    @property
    def state(self) -> str:
        """The same for the same changes and another one for others, as their number is not."""
        told = json.dumps(asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()

    def applied(self, record: Record) -> Record | None:
        """The record as changed, or None if it was removed; one `updated` later wins."""
        updated, id_ = record.get("updated", ""), record["id"]
        if id_ in self.removed and updated <= self.removed[id_]:
            return None
        news = {n: v for n, (day, v) in self.fields.get(id_, {}).items() if updated <= day}
        if all(record.get(n) == value for n, value in news.items()):
            return record
        gone = {name for name, value in news.items() if value is None}
        return {n: value for n, value in {**record, **news}.items() if n not in gone}


def _is_change(line: Record) -> bool:
    return isinstance(line.get("id"), str) and isinstance(line.get("set", {}), dict)


@contextmanager
def noting(where: Where) -> Iterator[None]:
    """Keep every other process of this machine from noting changes: for as long as reading and
    writing a line.
    """
    with (engine(where).folder / LOCK).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def note_set(where: Where, id_: str, fields: Mapping[str, Any], over: str = "") -> None:
    """Write down new values of a therapist's fields; `over` is the record's own `updated`."""
    engine(where).append(LOG, [{**_now(over), "id": id_, "set": dict(fields)}])


def note_removed(where: Where, id_: str, over: str = "") -> None:
    """Write down that a therapist left; `over` is the record's own `updated`."""
    engine(where).append(LOG, [{**_now(over), "id": id_, "remove": True}])


def note_put(where: Where, records: Collection[Record], known: Changes) -> None:
    """Write down what it takes for records to stand as they are put, over the changes before.

    `known` are the changes there were when the records came: what was noted since is newer.
    """
    now = Changes.read(where)
    lines = [line for record in records if (line := _over(record, known, now))]
    if lines:
        engine(where).append(LOG, lines)


def forget(where: Where, ids: Collection[str]) -> None:
    """Take what was set of therapists who left out of the changes."""
    engine(where).cut(LOG, lambda line: "set" in line and line.get("id") in ids)


def _over(record: Record, known: Changes, now: Changes) -> dict[str, Any]:
    """The line under which a record stands as it is, or {} where it does without."""
    id_, back = record["id"], {}
    if known.applied(record) is None and now.removed.get(id_) == known.removed[id_]:
        back = {"remove": False}
        known = Changes(known.fields)
    changed = known.applied(record) or record
    before, since = known.fields.get(id_, {}), now.fields.get(id_, {})
    fields = {
        name: record.get(name)
        for name in {**record, **changed}
        if changed.get(name) != record.get(name) and before.get(name) == since.get(name)
    }
    news = {"set": fields} if fields else {}
    if not back and not news:
        return {}
    return {**_now(record.get("updated", "")), "id": id_, **back, **news}


def _now(over: str) -> dict[str, str]:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"at": at, "over": over} if over > at[:10] else {"at": at}
