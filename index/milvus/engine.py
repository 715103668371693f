"""The engine of an index in Milvus."""

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.feather as feather

from index import disk
from index.engine import COLUMNS, HALF_MADE, ID, MANIFEST, WORDS, Record
from index.errors import Busy, Damaged, EngineError, NotBuilt
from index.flat import Flat
from index.milvus.columns import Columns
from index.milvus.connection import QUICK, WORK, Absent, connection
from index.milvus.copies import Copies, text
from index.milvus.groups import Groups, field_of
from index.milvus.logs import Logs
from index.milvus.rows import Kept
from index.milvus.texts import Texts
from index.proposals import FILE as PROPOSALS
from index.proposals import Fields, Proposals
from index.rows import VECTORS, Rows
from index.where import Address, folder
from index.words import Words

# Who serves a version that is dropped has so many seconds to move to another, and one more for each
# so many bytes of it.
GRACE, PACE = 60.0, 5e6


def opened(address: Address) -> "Milvus":
    """The engine of an index there, one for all in this process."""
    copies = folder(str(address))
    copies.mkdir(parents=True, exist_ok=True)
    return _opened(address, copies)


@cache
def _opened(address: Address, copies: Path) -> "Milvus":
    return Milvus(address, copies)


class Milvus:
    """One directory's index in a Milvus; each method is as `index.engine.Engine` has it.

    All names begin with the directory's own: `NAME_ID` is a version, the alias `NAME_live` names
    one, `NAME_texts` is all that isn't searched. A version is one when its manifest is there.
    """

    def __init__(self, address: Address, copies: Path) -> None:
        self.where, self.folder = str(address), copies
        self._connection = connection(address)
        self._name = address.name
        self._alias = f"{address.name}_live"
        self._texts = Texts(self._connection, f"{address.name}_texts")
        self._known: dict[str, tuple[int, dict[str, int]]] = {}
        self._logs = Logs(self._texts)
        self._copies = Copies(self.folder, self._texts)

    def live(self) -> str:
        """What the alias names."""
        try:
            told = self._connection.ask("describe_alias", self._alias, timeout=QUICK)
        except Absent:
            if self._texts.names("history/"):
                raise Damaged(f"no version is live in {self.where}: build again") from None
            raise NotBuilt(
                f"{self.where} holds no index: make one with "
                f"`matcher build directory.jsonl --index {self.where}`"
            ) from None
        return str(told["collection_name"]).removeprefix(f"{self._name}_")

    def point(self, version: str) -> None:
        """Move the alias, which Milvus does in one step."""
        try:
            before = self.live()
        except (NotBuilt, Damaged):
            before = version
            self._connection.ask("create_alias", self._collection(version), self._alias)
        else:
            self._connection.ask("alter_alias", self._collection(version), self._alias)
        # Whoever still serves the one before goes on; older ones are loaded when asked for.
        with suppress(EngineError):
            for other in self._collections():
                if other not in (version, before):
                    self._connection.ask("release_collection", self._collection(other))

    def ids(self) -> list[str]:
        """Those of the manifests."""
        return [name.removeprefix("manifest/") for name in self._texts.names("manifest/")]

    def manifest(self, version: str) -> bytes:
        """From the texts."""
        parts = self._texts.read(f"manifest/{version}")
        if parts is None:
            raise FileNotFoundError(version)
        return b"".join(parts)

    def file(self, version: str, name: str, facts: Record) -> Path | None:
        """Copied to this machine; vectors of groups are kept as no files, and groups counted."""
        if not facts:
            return None
        if name.endswith(VECTORS) and name in self._elsewhere(version):
            if name == min(self._elsewhere(version)):  # they stand together
                self._count(version)
            return None
        if not (self.folder / "versions" / version).exists():
            self._copies.sweep_unless_busy(self.ids)
        return self._copies.file(version, name, facts)

    def verify(self, version: str, name: str, facts: Record) -> None:
        """Rows are read, and made into the file that they came from. Of what proposes groups no
        more is known than how many they are: whom it proposes is scored by the rows.
        """
        if name.endswith(VECTORS) and name != PROPOSALS and name in self._elsewhere(version):
            kept = Flat.of(self.rows(version, name.removesuffix(VECTORS)).halves()).content()
            if hashlib.sha256(kept).hexdigest() != facts["sha256"]:
                told = f"version {version}: {name} was changed after it was made: build again"
                raise Damaged(told)

    def keep(self, version: str, manifest: Record) -> None:
        """Send everything that isn't there yet; with its manifest it is a version."""
        made, files = self.folder / "versions" / version, manifest["files"]
        self._texts.delete([f"dropped/{version}"])
        with suppress(NotBuilt, Damaged):
            if self.live() == version:  # it is damaged: no server deletes what an alias names
                self._connection.ask("drop_alias", self._alias)
        self._drop_collection(version)
        columns = Columns(feather.read_table(made / COLUMNS))
        proposals = Proposals.load(made, []) if PROPOSALS in files else None
        names = [n.removesuffix(VECTORS) for n in files if n.endswith(VECTORS) and n != PROPOSALS]
        rows = {name: Rows.load(made, name) for name in names}
        # Others are of something else than the groups, and few.
        rows = {
            name: its for name, its in rows.items() if len(its.starts) == len(columns.table) + 1
        }
        own = self._collection(version)
        Groups.keep(self._connection, own, columns, Words.load(made, WORDS), rows, proposals)
        widths = {f"{name}{VECTORS}": its.vectors.width for name, its in rows.items()}
        elsewhere = widths | ({PROPOSALS: 0} if proposals else {})
        texts = {text(facts): made / name for name, facts in files.items() if name not in elsewhere}
        known = set(self._texts.names("file/"))
        for name, path in texts.items():
            if name not in known:
                self._texts.put_file(name, path)
        told = {f"groups/{version}": json.dumps([len(columns.table), elsewhere]).encode()}
        self._texts.put(told | {f"manifest/{version}": (made / MANIFEST).read_bytes()})
        if not texts.keys() <= set(self._texts.names("file/")):
            self._texts.delete([f"manifest/{version}", f"groups/{version}"])
            raise Busy(f"another machine is at work in {self.where}: wait for it")
        for name in elsewhere:
            (made / name).unlink()

    def sweep(self) -> None:
        """Delete collections and files of no version, there and here."""
        waiting = self._waiting()
        for version in self._collections():
            if version not in waiting and self._unwanted(version):
                self._drop_collection(version)
        self._drop_waiting()
        known = self.ids()
        self._sweep_files(known)
        for left in (self.folder / "versions").glob(f"{HALF_MADE}*"):
            shutil.rmtree(left)
        self._copies.sweep(known)

    def drop(self, version: str) -> None:
        """Its manifest first, then all that was said in it and in no other version; its vectors
        when whoever still searches them has moved on.
        """
        moving = GRACE + sum(facts["bytes"] for facts in self._files(version)) / PACE
        self._texts.put({f"dropped/{version}": str(time.time() + moving).encode()})
        self._texts.delete([f"manifest/{version}", f"groups/{version}"])
        self._sweep_files(self.ids())
        shutil.rmtree(self.folder / "versions" / version, ignore_errors=True)

    def tidy(self) -> None:
        """Delete the vectors of versions dropped a while ago, and copies of what is no version."""
        if any(time.time() > until for until in self._waiting().values()):
            with suppress(Busy), disk.locked(self.folder):
                self._drop_waiting()
        self._copies.sweep_unless_busy(self.ids)

    def _drop_waiting(self) -> None:
        for version, until in self._waiting().items():
            if time.time() > until:
                if self._unwanted(version):
                    self._drop_collection(version)
                self._texts.delete([f"dropped/{version}"])

    def _unwanted(self, version: str) -> bool:
        """Whether a collection is of no version, looked at just before it is deleted."""
        with suppress(NotBuilt, Damaged):
            if self.live() == version:
                return False
        return self._texts.read(f"manifest/{version}") is None

    def rows(self, version: str, name: str) -> Rows:
        """Looked up among the groups, where the copied table says that they stand."""
        copied, file = self.folder / "versions" / version, f"{name}{VECTORS}"
        count, elsewhere = self._groups(version)
        if file not in elsewhere:
            return Rows.load(copied, name)
        group = feather.read_table(copied / f"{name}.arrow", ["group"])["group"].to_numpy()
        starts = np.searchsorted(group, np.arange(count + 1))
        own, field = self._collection(version), field_of(name)
        kept = Kept(self._connection, own, field, elsewhere[file], starts)
        return Rows.load(copied, name, kept)

    def proposals(self, version: str, fields: Fields) -> Groups | None:
        """Asked of the collection of groups."""
        if PROPOSALS not in self._groups(version)[1]:
            return None
        columns = Columns(feather.read_table(self.folder / "versions" / version / COLUMNS))
        return Groups(self._connection, self._collection(version), columns, fields)

    def lines(self, log: str) -> Iterator[dict[str, Any]]:
        """Of the texts."""
        return self._logs.lines(log)

    def append(self, log: str, records: Iterable[Record]) -> None:
        """To the texts."""
        self._logs.append(log, records)

    def cut(self, log: str, gone: Callable[[Record], bool]) -> None:
        """Out of the texts."""
        self._logs.cut(log, gone)

    def stamp(self, log: str) -> object:
        """Of the texts."""
        return self._logs.stamp(log)

    def _groups(self, version: str) -> tuple[int, dict[str, int]]:
        """How many groups a version has, and the widths of what stands with them and in no file."""
        if version not in self._known:  # it follows from the version
            found = self._texts.read(f"groups/{version}")
            if found is None:
                raise Damaged(f"version {version} is no version any more: build again")
            count, elsewhere = json.loads(b"".join(found))
            self._known[version] = count, elsewhere
        return self._known[version]

    def _elsewhere(self, version: str) -> Collection[str]:
        """What stands with a version's groups, and in no file."""
        return self._groups(version)[1]

    def _count(self, version: str) -> None:
        """Raise Damaged unless there are as many groups as there were."""
        own = self._collection(version)
        if self._connection.count(own, consistency_level="Strong") != self._groups(version)[0]:
            raise Damaged(f"version {version}: {own} lacks groups, or has others: build again")

    def _files(self, version: str) -> list[Record]:
        """What a manifest says of a version's files; none where it is no manifest."""
        try:
            return list(json.loads(self.manifest(version))["files"].values())
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return []

    def _waiting(self) -> dict[str, float]:
        """The versions that were dropped and whose vectors are there, and until when they stay."""
        found = self._texts.all("dropped/")
        return {name.removeprefix("dropped/"): float(told) for name, told in found}

    def _collection(self, version: str) -> str:
        return f"{self._name}_{version}"

    def _collections(self) -> list[str]:
        """The versions that there is a collection of, or what was to be one."""
        own = re.compile(rf"{self._name}_({ID.pattern})")
        found = map(own.fullmatch, self._connection.ask("list_collections"))
        return [match[1] for match in found if match]

    def _drop_collection(self, version: str) -> None:
        self._connection.ask("drop_collection", self._collection(version), timeout=WORK)

    def _sweep_files(self, known: Iterable[str]) -> None:
        """Delete the texts of files that no version has."""
        kept = {text(facts) for version in known for facts in self._files(version)}
        self._texts.delete(sorted(self._texts.traces("file/") - kept))
