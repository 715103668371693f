"""The engine of an index in Milvus."""

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.feather as feather

from index.engine import COLUMNS, HALF_MADE, ID, MANIFEST, WORDS, Record
from index.errors import Damaged, EngineError, NotBuilt
from index.flat import Flat
from index.milvus.connection import Absent, connection
from index.milvus.copies import Copies, text
from index.milvus.groups import Groups
from index.milvus.texts import Texts
from index.milvus.vectors import Collected
from index.proposals import FILE as PROPOSALS
from index.proposals import Fields, Proposals
from index.rows import VECTORS, Rows
from index.where import Address, folder
from index.words import Words


class Milvus:
    """One directory's index in a Milvus; each method is as `index.engine.Engine` has it.

    All collections' names begin with the directory's own. `NAME_live` is the alias; `NAME_ID` are
    a version's groups, `NAME_ID_sections` and so on its rows; `NAME_texts` is all else. A version
    is one when its manifest is among the texts.
    """

    def __init__(self, address: Address) -> None:
        self.where = str(address)
        self.folder = folder(self.where)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._connection = connection(address)
        self._name = address.name
        self._alias = f"{address.name}_live"
        self._texts = Texts(self._connection, f"{address.name}_texts")
        self._copies = Copies(self.folder, self._texts)

    def live(self) -> str:
        """What the alias names."""
        try:
            named = self._connection.ask("describe_alias", self._alias)["collection_name"]
        except Absent:
            raise NotBuilt(
                f"{self.where} holds no index: make one with "
                f"`matcher build directory.jsonl --index {self.where}`"
            ) from None
        return str(named).removeprefix(f"{self._name}_")

    def point(self, version: str) -> None:
        """Move the alias, which Milvus does in one step."""
        try:
            before = self.live()
        except NotBuilt:
            before = version
            self._connection.ask("create_alias", self._collection(version), self._alias)
        else:
            self._connection.ask("alter_alias", self._collection(version), self._alias)
        # Whoever still serves the one before goes on; older ones are loaded when asked for.
        with suppress(EngineError):
            for of, collection in self._collections():
                if of not in (version, before):
                    self._connection.ask("release_collection", collection)

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
        """Copied to this machine; vectors are kept as no files."""
        if name.endswith(VECTORS):
            return None
        if not (self.folder / "versions" / version).exists():
            self._copies.sweep_unless_busy(self.ids())
        return self._copies.file(version, name, facts)

    def verify(self, version: str, name: str, facts: Record) -> None:
        """Rows are read, and made into the file that they came from; of the groups the number is
        checked alone, since whom they propose is scored by the rows.
        """
        if name == PROPOSALS:
            rows = len(feather.read_table(self.folder / "versions" / version / COLUMNS))
            found = self._connection.count(self._collection(version))
            sound = found == rows
        elif name.endswith(VECTORS):
            kept = Flat.of(self.rows(version, name.removesuffix(VECTORS)).halves()).content()
            sound = hashlib.sha256(kept).hexdigest() == facts["sha256"]
        else:
            return
        if not sound:
            raise Damaged(f"version {version}: {name} was changed after it was made: build again")

    def keep(self, version: str, manifest: Record) -> None:
        """Send everything that isn't there yet; with its manifest it is a version."""
        made, files = self.folder / "versions" / version, manifest["files"]
        self._drop_collections(version)
        for name in files:
            if name.endswith(VECTORS) and name != PROPOSALS:
                own = self._collection(version, name.removesuffix(VECTORS))
                Collected.keep(self._connection, own, Flat.load(made / name))
        columns = feather.read_table(made / COLUMNS)
        proposals = Proposals.load(made, []) if PROPOSALS in files else None
        words = Words.load(made, WORDS)
        Groups.keep(self._connection, self._collection(version), columns, words, proposals)
        known = set(self._texts.names("file/"))
        for name, facts in files.items():
            if not name.endswith(VECTORS) and text(facts) not in known:
                self._texts.put_file(text(facts), made / name)
        self._texts.put({f"manifest/{version}": (made / MANIFEST).read_bytes()})
        for vectors in made.glob(f"*{VECTORS}"):
            vectors.unlink()

    def sweep(self) -> None:
        """Delete collections and files of no version, there and here."""
        known = self.ids()
        for version, collection in self._collections():
            if version not in known:
                self._connection.ask("drop_collection", collection)
        self._sweep_files(known)
        for left in (self.folder / "versions").glob(f"{HALF_MADE}*"):
            shutil.rmtree(left)
        self._copies.sweep(known)

    def drop(self, version: str) -> None:
        """First its manifest, then all that no other version has as well."""
        self._texts.delete([f"manifest/{version}"])
        with suppress(NotBuilt):
            if self.live() == version:
                self._connection.ask("drop_alias", self._alias)
        self._drop_collections(version)
        self._sweep_files(self.ids())
        shutil.rmtree(self.folder / "versions" / version, ignore_errors=True)

    def rows(self, version: str, name: str) -> Rows:
        """Looked up in their collection by their numbers, which the copied table tells of."""
        kept = Collected(self._connection, self._collection(version, name))
        return Rows.load(self.folder / "versions" / version, name, kept)

    def proposals(self, version: str, fields: Fields) -> Groups | None:
        """Asked of the collection of groups."""
        if PROPOSALS not in json.loads(self.manifest(version))["files"]:
            return None
        columns = feather.read_table(self.folder / "versions" / version / COLUMNS)
        return Groups(self._connection, self._collection(version), columns, fields)

    def lines(self, log: str) -> Iterator[dict[str, Any]]:
        """Of the texts of the log, whose names are in the order of their times."""
        return (record for _, record in self._lines(log))

    def append(self, log: str, records: Iterable[Record]) -> None:
        """A text each; their first parts are sent at once."""
        now = time.time_ns()
        told = {f"{log}/{now + n:020}": json.dumps(r).encode() for n, r in enumerate(records)}
        self._texts.put(told | {f"stamp/{log}": uuid4().bytes})

    def cut(self, log: str, gone: Callable[[Record], bool]) -> None:
        """Delete their texts."""
        self._texts.delete([name for name, record in self._lines(log) if gone(record)])

    def stamp(self, log: str) -> object:
        """A text that is another one whenever something is added."""
        return b"".join(self._texts.read(f"stamp/{log}") or ())

    def _lines(self, log: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, content in self._texts.all(f"{log}/"):
            with suppress(ValueError):
                yield name, json.loads(content)

    def _collection(self, version: str, rows: str = "") -> str:
        return "_".join(filter(None, (self._name, version, rows)))

    def _collections(self) -> list[tuple[str, str]]:
        """The versions and names of all collections of versions, or of what was to be one."""
        own = re.compile(rf"{self._name}_({ID.pattern})(_[a-z]+)?")
        found = map(own.fullmatch, self._connection.ask("list_collections"))
        return [(match[1], match[0]) for match in found if match]

    def _drop_collections(self, version: str) -> None:
        for of, collection in self._collections():
            if of == version:
                self._connection.ask("drop_collection", collection)

    def _sweep_files(self, known: Iterable[str]) -> None:
        """Delete the texts of files that no version has."""
        manifests = [json.loads(self.manifest(version)) for version in known]
        kept = {text(facts) for found in manifests for facts in found["files"].values()}
        self._texts.delete([name for name in self._texts.names("file/") if name not in kept])
