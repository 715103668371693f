"""An index in a folder, its vectors held by FAISS in the process that searches.

DIR/CURRENT              the id of the live version
DIR/history.jsonl        what was published, when, over which parent
DIR/changes.jsonl        what was changed, over every version at once
DIR/versions/<id>/       manifest.json and the files it lists; the id is the manifest's hash
"""

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index import disk
from index.engine import HALF_MADE, ID, MANIFEST, Record
from index.errors import Damaged, NotBuilt
from index.lines import append_lines, read_lines
from index.proposals import Fields, Proposals
from index.rows import Rows


@dataclass(frozen=True)
class Folder:
    """The engine of an index folder; each method is as `index.engine.Engine` has it."""

    folder: Path

    @property
    def where(self) -> Path:
        """The folder, whatever the working directory."""
        return self.folder.resolve()

    def live(self) -> str:
        """What CURRENT says."""
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

    def point(self, version: str) -> None:
        """Replace CURRENT by one atomic rename."""
        disk.replace(self.folder / "CURRENT", version + "\n")

    def ids(self) -> list[str]:
        """The names of the versions' folders."""
        if not self._versions.is_dir():
            return []
        return sorted(p.name for p in self._versions.iterdir() if ID.fullmatch(p.name))

    def manifest(self, version: str) -> bytes:
        """The bytes of its file."""
        return (self._versions / version / MANIFEST).read_bytes()

    def file(self, version: str, name: str, facts: Record) -> Path:
        """Every file is one."""
        return self._versions / version / name

    def verify(self, version: str, name: str, facts: Record) -> None:
        """Nothing is kept but as files."""

    def keep(self, version: str, manifest: Record) -> None:
        """It lies where it stays."""

    def sweep(self) -> None:
        """Delete folders that were never sealed, or are half deleted."""
        for left in self._versions.glob(f"{HALF_MADE}*"):
            shutil.rmtree(left)

    def tidy(self) -> None:
        """Nothing was put off."""

    def drop(self, version: str) -> None:
        """A half-deleted folder is no version: it is renamed first."""
        doomed = self._versions / f"{HALF_MADE}{version}-gone"
        (self._versions / version).rename(doomed)
        shutil.rmtree(doomed)

    def rows(self, version: str, name: str) -> Rows:
        """Mapped into memory."""
        return Rows.load(self._versions / version, name)

    def proposals(self, version: str, fields: Fields) -> Proposals | None:
        """Mapped into memory."""
        folder = self._versions / version
        return Proposals.load(folder, fields) if Proposals.saved(folder) else None

    def lines(self, log: str) -> Iterator[dict[str, Any]]:
        """Of the log's file."""
        return read_lines(self._log(log))

    def append(self, log: str, records: Iterable[Record]) -> None:
        """To the log's file, which is synced."""
        append_lines(self._log(log), records)

    def cut(self, log: str, gone: Callable[[Record], bool]) -> None:
        """By one atomic rename of a file without them."""
        path = self._log(log)
        lines = list(read_lines(path))
        kept = [line for line in lines if not gone(line)]
        if len(kept) < len(lines):
            fresh = path.with_name(f".{path.name}.new")
            fresh.unlink(missing_ok=True)
            append_lines(fresh, kept)
            fresh.replace(path)

    def stamp(self, log: str) -> object:
        """The file's size and time."""
        try:
            status = self._log(log).stat()
        except OSError:
            return None
        return status.st_size, status.st_mtime_ns

    @property
    def _versions(self) -> Path:
        return self.folder / "versions"

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"
