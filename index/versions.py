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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import BadInput, Busy, Damaged, NotBuilt, TooNew

FORMAT = 1
MANIFEST = "manifest.json"
ID_LENGTH = 16  # hex digits of the manifest's SHA-256: 64 bits tell any folder's versions apart


@dataclass(frozen=True)
class Version:
    """A version whose files are what its manifest says."""

    id: str
    folder: Path
    manifest: Mapping[str, Any]


class Store:
    """An index folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.versions = folder / "versions"

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
        if not re.fullmatch(rf"[0-9a-f]{{{ID_LENGTH}}}", text):
            raise Damaged(f"{self.folder}/CURRENT does not hold a version id: build again")
        return text

    def open(self, version: str | None = None) -> Version:
        """The live version, or the one named, after every file's hash was checked.

        Raises NotBuilt, Damaged (naming the file) or TooNew.
        """
        name = version or self.current()
        folder = self.versions / name
        manifest = _manifest(folder, name)
        for file, facts in manifest["files"].items():
            _check(folder / file, facts, f"version {name}: {file}")
        return Version(name, folder, manifest)

    @contextmanager
    def building(self) -> Iterator[Path]:
        """A fresh folder to make a version in, while no other process can build here.

        What earlier builds left half-made is swept first, and this folder afterwards.
        Raises Busy where another build holds the lock, BadInput where DIR is not a folder.
        """
        try:
            self.versions.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise BadInput(f"{self.folder} is a file: name a folder for the index") from None
        with (self.folder / ".lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Busy(f"another build is at work in {self.folder}: wait for it") from None
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
            # The same version again: what stands there may be damaged, what was just made is not.
            place.rename(made.with_name(f"{made.name}-before"))
        made.rename(place)
        _sync(self.versions)
        return name

    def publish(self, version: str) -> None:
        """Make a sealed version live: one atomic rename, then a line in the history."""
        try:
            parent: str | None = self.current()
        except (NotBuilt, Damaged):
            parent = None
        _replace(self.folder / "CURRENT", version + "\n")
        entry = {"version": version, "published": datetime.now(UTC).isoformat(), "parent": parent}
        with (self.folder / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(entry) + "\n")
            history.flush()
            os.fsync(history.fileno())


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
    return manifest


def _check(path: Path, facts: Mapping[str, Any], label: str) -> None:
    try:
        size = path.stat().st_size
        if size != facts["bytes"]:
            raise Damaged(f"{label} has {size} bytes instead of {facts['bytes']}: build again")
        if _sha(path) != facts["sha256"]:
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
