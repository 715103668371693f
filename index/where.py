"""Where an index is: a folder, or `milvus:` with the address of a Milvus and a name in it.

Light enough to be read before anything that computes is loaded.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from index.errors import BadInput

Where = Path | str  # a str where it is no folder
MILVUS = "milvus:"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,40}")
VERSION = re.compile(r"_[0-9a-f]{16}")  # in a name, it would be another directory's version
OWN = "matcher"  # the name where none is given


@dataclass(frozen=True)
class Address:
    """A Milvus, by its URI or the path of Milvus Lite's file, and the directory's name there."""

    uri: str
    name: str = OWN

    @property
    def file(self) -> Path | None:
        """Milvus Lite's own, where it is one."""
        return None if "://" in self.uri else Path(self.uri)

    def __str__(self) -> str:
        return f"{MILVUS}{self.uri}" + ("" if self.name == OWN else f"#{self.name}")


def place(told: Where) -> Where:
    """What was typed as a folder's Path or, for a Milvus, as a text that means the same anywhere.

    Raises BadInput for what is neither.
    """
    address = milvus(told)
    return Path(told) if address is None else str(address)


def milvus(where: Where) -> Address | None:
    """The Milvus that is meant, if one is. Raises BadInput for an address that can't be used."""
    text = str(where)
    if not text.startswith(MILVUS):
        return None
    if isinstance(where, Path):
        raise BadInput(f"{text} is no folder: give it as a text, not as a Path", "index")
    uri, _, name = text.removeprefix(MILVUS).partition("#")
    if not uri.strip():
        raise BadInput("name an address, such as milvus:http://127.0.0.1:19530, or a file", "index")
    if "://" in uri:
        scheme, _, rest = uri.partition("://")
        if scheme.lower() not in ("http", "https") or not rest:
            raise BadInput("a Milvus is reached by http:// or https://", "index")
        if "@" in rest:  # it would stand in the list of processes
            raise BadInput("put user:password, or a token, into MILVUS_TOKEN instead", "index")
        uri = _normal(uri)
    else:
        uri = str(Path(uri).absolute())
    if not NAME.fullmatch(name or OWN) or VERSION.search(name):
        raise BadInput(
            "after # comes the directory's name: a letter, then up to 40 letters, digits and _, "
            "and no version's id",
            "index",
        )
    return Address(uri, name or OWN)


def _normal(uri: str) -> str:
    """The same for all spellings of an address, so that they share a lock."""
    parts = urlsplit(uri)
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        raise BadInput("the port of an address is a number from 1 to 65535", "index") from None
    host = parts.hostname or ""
    if host == "localhost" and parts.scheme == "http":  # else a certificate may be for that name
        host = "127.0.0.1"
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme.lower()}://{host}{port}{parts.path.rstrip('/')}"


def folder(where: Where) -> Path:
    """The folder itself, or the one on this machine that keeps a copy of what isn't searched."""
    return _own(where, "XDG_CACHE_HOME", ".cache") or Path(where)


def settings(where: Where) -> Path:
    """The folder for what belongs to an index on this machine and can't be made anew: the same, or
    where settings are.
    """
    return _own(where, "XDG_CONFIG_HOME", ".config") or Path(where)


def _own(where: Where, variable: str, usual: str) -> Path | None:
    """A folder of a Milvus's own, in that which a variable names (XDG Base Directory)."""
    address = milvus(where)
    if address is None:
        return None
    told = Path(os.environ.get(variable, ""))
    try:
        base = told if told.is_absolute() else Path.home() / usual
    except RuntimeError:
        raise BadInput(f"this user has no home folder: set {variable}", "index") from None
    known = hashlib.sha256(str(address).encode()).hexdigest()[:16]
    return base / "therapist-matcher" / f"{address.name}-{known}"
