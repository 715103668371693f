"""API keys: who may call, kept as hashes in a file that a running server follows."""

import fcntl
import hashlib
import hmac
import json
import logging
import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, field
from datetime import date
from pathlib import Path
from stat import S_IWGRP, S_IWOTH
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from index.errors import BadInput, EngineError

log = logging.getLogger("matcher")
Scope = Literal["match", "admin"]
SCOPES: tuple[Scope, ...] = ("match", "admin")
LONGEST_NAME = 64


class Unreadable(EngineError):
    """The file of keys can't be used: mend it, or its rights. Nobody is let in meanwhile."""


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Key:
    """Who holds a token and what it is good for; of the token itself only its hash is kept."""

    id: Annotated[str, Field(pattern="^[0-9a-f]{8}$")]
    name: str
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)]
    made: date
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] = field(repr=False)

    def may(self, scope: Scope) -> bool:
        """Whether it is good for this; an admin key is good for everything."""
        return scope in self.scopes or "admin" in self.scopes


FILE = TypeAdapter(list[Key])


class Keys:
    """The keys in a file, read anew whenever it changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp: tuple[int, ...] | None = None
        self._keys: Sequence[Key] = ()
        self._trouble = ""

    def __len__(self) -> int:
        """How many there are. Raises Unreadable."""
        return len(self.all())

    def all(self) -> Sequence[Key]:
        """Every key there is now. Raises Unreadable, and says so in the log, once."""
        try:
            stamp = self._look()
            if stamp != self._stamp or self._trouble:
                self._keys, self._stamp = (read(self.path) if stamp else ()), stamp
                self._trouble = ""
        except Unreadable as error:
            if str(error) != self._trouble:
                log.error("nobody is let in by a key: %s", error)
            self._trouble = str(error)
            raise
        return self._keys

    def holder(self, token: str) -> Key | None:
        """The key that a token is of. Raises Unreadable."""
        digest, found = _digest(token), None
        for key in self.all():  # all of them, however soon one fits: the time tells nothing
            if hmac.compare_digest(key.sha256, digest):
                found = key
        return found

    def _look(self) -> tuple[int, ...] | None:
        """What changes when the file does; None where there is none and never was."""
        try:
            status = self.path.stat()
        except FileNotFoundError:
            if self._stamp is None:
                return None
            raise Unreadable(f"{self.path} is gone: put it back, or start again without") from None
        except OSError as error:
            raise Unreadable(f"{self.path} can't be read ({error.strerror})") from None
        return status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode, status.st_uid


def read(path: Path) -> list[Key]:
    """The keys in a file. Raises Unreadable, with nothing of what stands in it."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            content = file.read()
        owners = {0, os.geteuid(), path.parent.stat().st_uid}
    except OSError as error:
        raise Unreadable(f"{path} can't be read ({error.strerror})") from None
    if status.st_mode & (S_IWGRP | S_IWOTH) or status.st_uid not in owners:
        raise Unreadable(f"others can write to {path}, and make keys: chown it, chmod 600")
    try:
        return FILE.validate_json(content)
    except ValidationError:
        raise Unreadable(f"{path} is no file of keys as `matcher keys` writes it") from None


def add(path: Path, name: str, scopes: Sequence[Scope]) -> tuple[Key, str]:
    """Make a key; the token that comes with it is nowhere else. Raises BadInput, Unreadable."""
    if not name.isprintable() or not 0 < len(name.strip()) == len(name) <= LONGEST_NAME:
        raise BadInput(f"a name has 1 to {LONGEST_NAME} printable characters", "name")
    with _changing(path) as keys:
        if any(key.name == name for key in keys):
            raise BadInput("there is a key of this name: revoke it, or take another name", "name")
        id_ = secrets.token_hex(4)
        token = f"mk_{id_}_{secrets.token_urlsafe(32)}"
        wanted = tuple(scope for scope in SCOPES if scope in scopes)
        key = Key(id_, name, wanted, date.today(), _digest(token))
        keys.append(key)
    return key, token


def revoke(path: Path, name: str) -> Key:
    """Take a key away, by its name or id. Raises BadInput where there is none, Unreadable."""
    with _changing(path) as keys:
        found = [key for key in keys if name in (key.name, key.id)]
        if not found:
            raise BadInput("no key has this name: `matcher keys list` tells them", "name")
        keys.remove(found[0])
    return found[0]


@contextmanager
def _changing(path: Path) -> Iterator[list[Key]]:
    """The keys, to be changed by one process at a time; written back in one step."""
    try:
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    except OSError as error:
        told = f"{path.parent} can't be opened ({error.strerror}): build an index there first"
        raise BadInput(f"{told}, or name another file with --keys", "keys") from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        keys = read(path) if path.exists() else []
        yield keys
        _write(path, keys)
        os.fsync(folder)
    finally:
        os.close(folder)


def _write(path: Path, keys: Sequence[Key]) -> None:
    owner = (path if path.exists() else path.parent).stat()
    file, made = tempfile.mkstemp(prefix=".keys-", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(file, "w", encoding="utf-8") as out:
            json.dump([asdict(key) for key in keys], out, ensure_ascii=False, indent=1, default=str)
            out.flush()
            os.fsync(out.fileno())
        if os.geteuid() == 0:  # else whoever serves could not read what root has written
            os.chown(made, owner.st_uid, owner.st_gid)
        Path(made).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(made).unlink()
        raise


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
