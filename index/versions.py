"""Versions: immutable, each with the hash of its manifest for an id, one of them live."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import disk
from index.engine import HALF_MADE, ID_LENGTH, MANIFEST, Engine, engine
from index.errors import BadInput, Damaged, EngineError, NotBuilt, TooNew
from index.history import Entry, History
from index.proposals import Fields, Proposing
from index.rows import Rows
from index.where import Where

# 7: integers in the alarm; 6: phrases in it; 5: the alarm, who meets in person; 4: sections,
# issues, words; 3: lists hold codes.
FORMAT = 7


@dataclass(frozen=True)
class Version:
    """A version whose files are what its manifest says; vectors may lie elsewhere than `folder`."""

    id: str
    folder: Path
    manifest: Mapping[str, Any]
    engine: Engine

    def rows(self, name: str) -> Rows:
        """Rows that were saved under this name."""
        return self.engine.rows(self.id, name)

    def proposals(self, fields: Fields) -> Proposing | None:
        """What proposes groups by these fields, if the version is large enough to have it."""
        return self.engine.proposals(self.id, fields)

    def shares(self, other: "Version", start: str) -> bool:
        """Whether the files whose names begin like this are the same in both, byte for byte."""
        return self._sums(start) == other._sums(start)

    def _sums(self, start: str) -> Mapping[str, Any]:
        files: Mapping[str, Any] = self.manifest["files"]
        return {name: facts for name, facts in files.items() if name.startswith(start)}


class Store:
    """An index, wherever it is kept; `folder` is on this machine."""

    def __init__(self, where: Where) -> None:
        self.engine = engine(where)
        self.folder = self.engine.folder
        self.versions = self.folder / "versions"
        self.history = History(self.engine)

    def current(self) -> str:
        """The id of the live version. Raises NotBuilt where there is none."""
        return self.engine.live()

    def open(self, version: str | None = None, hashes: bool = True) -> Version:
        """The live version, or the one named, after every file's size and hash was checked.

        Raises NotBuilt, Damaged (naming the file) or TooNew.
        """
        name = version or self.current()
        manifest = self.manifest(name)
        for file, facts in manifest["files"].items():
            path = self.engine.file(name, file, facts)
            if path is not None:
                disk.check(path, facts, f"version {name}: {file}", hashes)
        return Version(name, self.versions / name, manifest, self.engine)

    def verified(self, version: str | None = None) -> Version:
        """As `open`, and what isn't kept as files is read as well, byte by byte."""
        opened = self.open(version)
        for file, facts in opened.manifest["files"].items():
            self.engine.verify(opened.id, file, facts)
        return opened

    def sound(self, hashes: bool = True) -> tuple[Version, str]:
        """The live version and "", or its nearest sound ancestor and what is wrong with the live.

        Raises as `open` does where none is sound.
        """
        try:
            return self.open(hashes=hashes), ""
        except Damaged as error:
            for ancestor in self.history.ancestors(self._current_or_none()):
                try:
                    version = self.open(ancestor, hashes)
                except EngineError:
                    continue
                return version, f"{error}; version {ancestor} stands in for it"
            raise

    def manifest(self, version: str) -> dict[str, Any]:
        """A version's manifest, its hash checked. Raises Damaged or TooNew."""
        try:
            text = self.engine.manifest(version)
        except OSError:
            raise Damaged(f"version {version} has no readable {MANIFEST}: build again") from None
        return _read(text, version)

    def file(self, version: str, name: str) -> Path | None:
        """A file of a version, on this machine; None where there is none.

        Nothing of it is checked here, so that it is found in a version of another release as well.
        """
        try:
            facts = json.loads(self.engine.manifest(version))["files"][name]
        except (OSError, ValueError, LookupError, TypeError):
            facts = {}
        try:
            return self.engine.file(version, name, facts)
        except Damaged:
            return None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from changing this folder; the lock dies with its holder.

        Raises Busy where another process holds it, BadInput where DIR is not a folder.
        """
        try:
            self.versions.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise BadInput(f"{self.folder} is a file: name a folder for the index") from None
        with disk.locked(self.folder):
            yield

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A fresh folder to make a version in, under the lock.

        What earlier builds left half-made is swept first, and this folder afterwards.
        """
        with self.locked():
            self.engine.sweep()
            made = Path(tempfile.mkdtemp(prefix=HALF_MADE, dir=self.versions))
            try:
                yield made
            finally:
                shutil.rmtree(made, ignore_errors=True)

    def seal(self, made: Path, facts: Mapping[str, Any]) -> str:
        """Write the manifest, fsync everything and move the folder to its place; returns the id."""
        files = {str(p.relative_to(made)): p for p in sorted(made.rglob("*")) if p.is_file()}
        sums = {n: {"bytes": p.stat().st_size, "sha256": disk.sha256(p)} for n, p in files.items()}
        body = {"format": FORMAT, **facts, "files": sums}
        text = json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (made / MANIFEST).write_text(text, "utf-8")
        for path in [*files.values(), made / MANIFEST]:
            disk.sync(path)
        for folder in [*(p for p in made.rglob("*") if p.is_dir()), made]:
            disk.sync(folder)
        name = _id(text.encode())
        place = self.versions / name
        made.chmod(0o755)
        if name in self.ids():
            # The same version again: it stays, unless it is damaged, as what was made is not.
            try:
                self.verified(name)
            except Damaged:
                self.discard(name)
            else:
                return name
        shutil.rmtree(place, ignore_errors=True)  # of one that is no version any more
        made.rename(place)
        disk.sync(self.versions)
        self.engine.keep(name, body)
        return name

    def publish(
        self,
        version: str,
        by: str = "build",
        gates: Mapping[str, str] | None = None,
        forced: Sequence[str] = (),
    ) -> None:
        """Make a sealed version live in one step; the history has it before."""
        self.history.add(Entry(version, self._current_or_none(), by, gates or {}, forced))
        self.engine.point(version)

    def rollback(self, to: str | None = None) -> str:
        """Make the live version's nearest sound ancestor live, or the version named; its id.

        Raises NotBuilt where there is nothing to go back to, Damaged where the one named is.
        """
        with self.locked():
            targets = [self.named(to)] if to else list(self.history.ancestors(self.current()))
            for target in targets:
                try:
                    self.open(target)
                except EngineError:
                    if to:
                        raise
                    continue
                self.publish(target, by="rollback")
                return target
        raise NotBuilt("there is no earlier version to go back to")

    def named(self, start: str) -> str:
        """The version whose id begins like this. Raises BadInput unless there is just one."""
        found = [version for version in self.ids() if version.startswith(start)]
        if len(found) != 1:
            many = "several versions begin" if found else "no version begins"
            raise BadInput(f"{many} with {start}: `matcher versions` lists them", "version")
        return found[0]

    def ids(self) -> list[str]:
        """The ids of all sealed versions, in no order that means anything."""
        return self.engine.ids()

    def prune(self, keep: int) -> list[str]:
        """Delete all but the `keep` versions made live last, the live one and its parent."""
        live = self._current_or_none()
        latest = [entry.version for entry in reversed(self.history.entries())]
        kept = {live, next(self.history.ancestors(live), None), *list(dict.fromkeys(latest))[:keep]}
        gone = [version for version in self.ids() if version not in kept]
        for version in gone:
            self.discard(version)
        return gone

    def discard(self, version: str) -> None:
        """Delete a version."""
        self.engine.drop(version)

    def _current_or_none(self) -> str | None:
        try:
            return self.current()
        except (NotBuilt, Damaged):
            return None


def _read(text: bytes, name: str) -> dict[str, Any]:
    if _id(text) != name:
        raise Damaged(f"version {name}: {MANIFEST} was changed after it was made: build again")
    manifest: dict[str, Any] = json.loads(text)
    if manifest["format"] > FORMAT:
        raise TooNew(f"version {name} was built by a newer release: upgrade this one to read it")
    if manifest["format"] < FORMAT:
        raise Damaged(f"version {name} was built by an older release: build again")
    return manifest


def _id(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()[:ID_LENGTH]
