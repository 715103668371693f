"""The history of an index: what was made live, when, and over which version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from index.engine import Engine

LOG = "history"


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
    """The records of the log of this name, oldest first."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def entries(self) -> list[Entry]:
        """All entries that can be read; a line cut short by a crash is passed over."""
        return list(self._read())

    def add(self, entry: Entry) -> None:
        """Append an entry; it is kept when this returns."""
        self._engine.append(LOG, [asdict(entry)])

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
        for record in self._engine.lines(LOG):
            try:
                yield Entry(**record)
            except TypeError:
                continue
