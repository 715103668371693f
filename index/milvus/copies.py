"""Copies on this machine of a version's files that stand as texts in a Milvus."""

import shutil
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from index import disk
from index.engine import ID, Record
from index.errors import Busy, Damaged
from index.milvus.texts import Texts


class Copies:
    """The folder of copies. A file's text has its hash for a name, so that versions share it."""

    def __init__(self, folder: Path, texts: Texts) -> None:
        self._folder, self._texts = folder, texts
        self._checked: dict[Path, tuple[int, int]] = {}  # their sizes and times

    def file(self, version: str, name: str, facts: Record) -> Path:
        """A copy that is what `facts` say, read again where it wasn't. Raises Damaged."""
        path = self._folder / "versions" / version / name
        if not self._sound(path, facts):
            self._fetch(path, facts)
        return path

    def sweep(self, known: Collection[str]) -> None:
        """Delete the copies of all other versions: who left may be in them."""
        for copied in self._others(known):
            shutil.rmtree(copied, ignore_errors=True)

    def sweep_unless_busy(self, known: Callable[[], Collection[str]]) -> None:
        """The same, unless a version is just being made here, which is known only afterwards."""
        if self._others(known()):
            with suppress(Busy), disk.locked(self._folder):
                self.sweep(known())

    def _others(self, known: Collection[str]) -> list[Path]:
        copied = (self._folder / "versions").glob("*")
        return [path for path in copied if ID.fullmatch(path.name) and path.name not in known]

    def _sound(self, path: Path, facts: Record) -> bool:
        """Whether a copy is there and right; its hash is looked at once in a process."""
        try:
            status = path.stat()
            told = status.st_size, status.st_mtime_ns
            if self._checked.get(path) != told:
                disk.check(path, facts, str(path), hashes=True)
                self._checked[path] = told
        except (OSError, Damaged):
            return False
        return True

    def _fetch(self, path: Path, facts: Record) -> None:
        parts = self._texts.read(text(facts))
        if parts is None:
            raise Damaged(f"{path.name} of version {path.parent.name} is missing: build again")
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{id(parts)}.new")
        try:
            with fresh.open("wb") as file:
                file.writelines(parts)
            disk.check(fresh, facts, path.name, hashes=True)
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)


def text(facts: Record) -> str:
    """The name of the text that a file's content has."""
    return f"file/{facts['sha256']}"
