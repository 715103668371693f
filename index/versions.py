"""Versions on disk: immutable folders of files, one of them live.

DIR/CURRENT              the id of the live version
DIR/history.jsonl        what was published, when, over which parent
DIR/versions/<id>/       manifest.json and the files it lists; the id is the manifest's hash
"""

import fcntl
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import BadInput, Busy, Damaged, EngineError, NotBuilt, TooNew
from index.history import Entry, History

# 7: integers in the alarm; 6: phrases in it; 5: the alarm, who meets in person; 4: sections,
# issues, words; 3: lists hold codes.
FORMAT = 7
MANIFEST = "manifest.json"
ID_LENGTH = 16  # hex digits of the manifest's SHA-256: 64 bits tell any folder's versions apart
ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")


@dataclass(frozen=True)
class Version:
    """A version whose files are what its manifest says."""

    id: str
    folder: Path
    manifest: Mapping[str, Any]

    def shares(self, other: "Version", start: str) -> bool:
        """Whether the files whose names begin like this are the same in both, byte for byte."""
        return self._sums(start) == other._sums(start)

    def _sums(self, start: str) -> Mapping[str, Any]:
        files: Mapping[str, Any] = self.manifest["files"]
        return {name: facts for name, facts in files.items() if name.startswith(start)}


class Store:
    """An index folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.versions = folder / "versions"
        self.history = History(folder)

    def current(self) -> str:
        """The id of the live version. Raises NotBuilt where there is none."""
        try:
            text = (self.folder / "CURRENT").read_text("ascii").strip()
        except FileNotFoundError:
            raise NotBuilt(
                f"{self.folder} holds no index: make one with "
                f"`matcher build directory.jsonl --index {self.folder}`"
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise Damaged(
                f"{self.folder}/CURRENT can't be read ({type(error).__name__}): "
                "name an index folder, or build again"
            ) from None
        if not ID.fullmatch(text):
            raise Damaged(f"{self.folder}/CURRENT does not hold a version id: build again")
        return text

    def open(self, version: str | None = None, hashes: bool = True) -> Version:
        """The live version, or the one named, after every file's size and hash was checked.

        Raises NotBuilt, Damaged (naming the file) or TooNew.
        """
        name = version or self.current()
        folder = self.versions / name
        manifest = _manifest(folder, name)
        for file, facts in manifest["files"].items():
            _check(folder / file, facts, f"version {name}: {file}", hashes)
        return Version(name, folder, manifest)

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
        return _manifest(self.versions / version, version)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process from changing this folder; the lock dies with its holder.

        Raises Busy where another process holds it, BadInput where DIR is not a folder.
        """
        try:
            self.versions.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise BadInput(f"{self.folder} is a file: name a folder for the index") from None
        with (self.folder / ".lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Busy(
                    f"process {lock.read().strip()} is at work in {self.folder}: wait for it"
                ) from None
            lock.truncate(0)
            lock.write(f"{os.getpid()}\n")
            lock.flush()
            yield

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A fresh folder to make a version in, under the lock.

        What earlier builds left half-made is swept first, and this folder afterwards.
        """
        with self.locked():
            for left in self.versions.glob(".making-*"):
                shutil.rmtree(left)
            made = Path(tempfile.mkdtemp(prefix=".making-", dir=self.versions))
            try:
                yield made
            finally:
                shutil.rmtree(made, ignore_errors=True)

    def seal(self, made: Path, facts: Mapping[str, Any]) -> str:
        """Write the manifest, fsync everything and move the folder to its place; returns the id."""
        files = {str(p.relative_to(made)): p for p in sorted(made.rglob("*")) if p.is_file()}
        sums = {name: {"bytes": p.stat().st_size, "sha256": _sha(p)} for name, p in files.items()}
        body = {"format": FORMAT, **facts, "files": sums}
        text = json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        (made / MANIFEST).write_text(text, "utf-8")
        for path in [*files.values(), made / MANIFEST]:
            _sync(path)
        for folder in [*(p for p in made.rglob("*") if p.is_dir()), made]:
            _sync(folder)
        name = _id(text.encode())
        place = self.versions / name
        made.chmod(0o755)
        if place.exists():
            # The same version again: it stays, unless it is damaged, as what was made is not.
            try:
                self.open(name)
            except Damaged:
                self.discard(name)
            else:
                return name
        made.rename(place)
        _sync(self.versions)
        return name

    def publish(
        self,
        version: str,
        by: str = "build",
        gates: Mapping[str, str] | None = None,
        forced: Sequence[str] = (),
    ) -> None:
        """Make a sealed version live by one atomic rename; the history has it before."""
        self.history.add(Entry(version, self._current_or_none(), by, gates or {}, forced))
        _replace(self.folder / "CURRENT", version + "\n")

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
        if not self.versions.is_dir():
            return []
        return sorted(p.name for p in self.versions.iterdir() if ID.fullmatch(p.name))

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
        """Delete a version. A half-deleted one is no version: it is renamed first."""
        doomed = self.versions / f".making-{version}-gone"
        (self.versions / version).rename(doomed)
        shutil.rmtree(doomed)

    def _current_or_none(self) -> str | None:
        try:
            return self.current()
        except (NotBuilt, Damaged):
            return None


def _manifest(folder: Path, name: str) -> dict[str, Any]:
    try:
        text = (folder / MANIFEST).read_bytes()
    except OSError:
        raise Damaged(f"version {name} has no readable {MANIFEST}: build again") from None
    if _id(text) != name:
        raise Damaged(f"version {name}: {MANIFEST} was changed after it was made: build again")
    manifest: dict[str, Any] = json.loads(text)
    if manifest["format"] > FORMAT:
        raise TooNew(f"version {name} was built by a newer release: upgrade this one to read it")
    if manifest["format"] < FORMAT:
        raise Damaged(f"version {name} was built by an older release: build again")
    return manifest


def _check(path: Path, facts: Mapping[str, Any], label: str, hashes: bool) -> None:
    try:
        size = path.stat().st_size
        if size != facts["bytes"]:
            raise Damaged(f"{label} has {size} bytes instead of {facts['bytes']}: build again")
        if hashes and _sha(path) != facts["sha256"]:
            raise Damaged(f"{label} was changed after it was made: build again")
    except OSError as error:
        raise Damaged(f"{label} can't be read ({type(error).__name__}): build again") from None


def _id(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()[:ID_LENGTH]


def _sha(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "ascii")
    _sync(fresh)
    fresh.replace(path)
    _sync(path.parent)
