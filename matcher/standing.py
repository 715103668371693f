"""A therapist's record as it stands: the live version's, with what was changed since."""

import json
from collections.abc import Collection, Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.feather as feather

from index.errors import BadInput, Damaged, EngineError
from index.versions import Store
from index.where import Where
from matcher.changes import Changes, Record
from matcher.contents import RECORDS
from matcher.records import tag


class NoTherapist(BadInput):
    """Nobody has this id: look it up."""


class Outdated(EngineError):
    """The record has changed since it was read: read it again."""


class Standing:
    """The records of an index as they stand now, read from the disk one by one."""

    def __init__(self, index: Where) -> None:
        """Open the live version, its sizes checked. Raises NotBuilt, Damaged or TooNew."""
        version = Store(index).sound(hashes=False)[0]
        try:
            self._table: pa.Table = feather.read_table(version.folder / RECORDS)
        except (OSError, ValueError):
            raise Damaged(f"version {version.id} can't be read: build again") from None
        self._changes = Changes.read(index)

    def __iter__(self) -> Iterator[Record]:
        """Iterate over all records, in id order."""
        return (r for at in range(len(self._table)) if (r := self._record(at)) is not None)

    def of(self, id_: str, tags: Collection[str] | None = None) -> Record:
        """The record of an id. Raises NoTherapist; Outdated where its tag is none of `tags`."""
        at = pc.index(self._table["id"], id_).as_py()
        record = self._record(at) if at >= 0 else None
        if record is None:
            raise NoTherapist("no therapist has this id", "id")
        check(record, tags)
        return record

    def _record(self, at: int) -> Record | None:
        return self._changes.applied(json.loads(self._table["record"][at].as_py()))


def check(record: Record, tags: Collection[str] | None) -> None:
    """Raise Outdated unless the record's tag is among the tags, or none were given."""
    if tags is not None and tag(record) not in tags:
        raise Outdated("the record has changed since it was read: read it again")
