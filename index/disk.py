"""Files that are what they should be, and stay so when the power goes."""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import Busy, Damaged


def check(path: Path, facts: Mapping[str, Any], label: str, hashes: bool) -> None:
    """Raise Damaged, with the label, unless a file has the size and SHA-256 that `facts` say."""
    try:
        size = path.stat().st_size
        if size != facts["bytes"]:
            raise Damaged(f"{label} has {size} bytes instead of {facts['bytes']}: build again")
        if hashes and sha256(path) != facts["sha256"]:
            raise Damaged(f"{label} was changed after it was made: build again")
    except OSError as error:
        raise Damaged(f"{label} can't be read ({type(error).__name__}): build again") from None


def sha256(path: Path) -> str:
    """A file's SHA-256 in hex digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(path: Path) -> None:
    """Have a file, or a folder's entries, on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, text: str) -> None:
    """Write a file of ASCII by one atomic rename."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, "ascii")
    sync(fresh)
    fresh.replace(path)
    sync(path.parent)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other process of this machine from changing an index; the lock dies with its
    holder. Raises Busy where another process holds it.
    """
    with (folder / ".lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Busy(
                f"process {lock.read().strip()} is at work in {folder}: wait for it"
            ) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
