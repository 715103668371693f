"""The seam: what keeps an index, and searches its vectors.

Two do: `index.folder`, with FAISS in this process, and `index.milvus`, with a Milvus that several
processes and machines share. Whatever stands above knows no more of them than is said here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from index.errors import Missing
from index.proposals import Fields, Proposing
from index.rows import Rows
from index.where import Where, milvus

MANIFEST = "manifest.json"
ID_LENGTH = 16  # hex digits of the manifest's SHA-256: 64 bits tell any index's versions apart
ID = re.compile(rf"[0-9a-f]{{{ID_LENGTH}}}")
HALF_MADE = ".making-"  # what the folders begin with in which versions are made
# Files of a version that an engine may need to know of: the groups' attribute columns, and words.
COLUMNS, WORDS = "columns.arrow", "words"
Record = Mapping[str, Any]


class Engine(Protocol):
    """An index: versions, of which one is live, and logs of what was done and changed.

    Each method raises Away where what keeps the index can't be reached.
    """

    @property
    def where(self) -> Where:
        """What opens the same index elsewhere on this machine."""
        ...

    @property
    def folder(self) -> Path:
        """A folder of this machine: the index, or a copy of all of it that isn't searched."""
        ...

    def live(self) -> str:
        """The id of the live version. Raises NotBuilt where there is none, or Damaged."""
        ...

    def point(self, version: str) -> None:
        """Make a version live, by one step that is seen as a whole or not at all."""
        ...

    def ids(self) -> list[str]:
        """The ids of all sealed versions, sorted."""
        ...

    def manifest(self, version: str) -> bytes:
        """A version's manifest. Raises OSError where there is none."""
        ...

    def file(self, version: str, name: str, facts: Record) -> Path | None:
        """A file of a version, on this machine, if it is kept as one; `facts` are the manifest's.

        Raises Damaged where as much isn't kept, as far as can be seen at once.
        """
        ...

    def verify(self, version: str, name: str, facts: Record) -> None:
        """Check byte by byte what isn't kept as a file. Raises Damaged."""
        ...

    def keep(self, version: str, manifest: Record) -> None:
        """Keep a version that was sealed in the folder; it is one when this returns."""
        ...

    def sweep(self) -> None:
        """Delete what earlier builds left half-made, under the lock."""
        ...

    def tidy(self) -> None:
        """Do what `drop` put off; to be called now and then by whoever serves."""
        ...

    def drop(self, version: str) -> None:
        """Delete a version; whatever of it is left at any instant is no version.

        Who serves it still can go on for a moment.
        """
        ...

    def rows(self, version: str, name: str) -> Rows:
        """A version's rows."""
        ...

    def proposals(self, version: str, fields: Fields) -> Proposing | None:
        """What proposes groups of a version, where it is large enough to have such a thing."""
        ...

    def lines(self, log: str) -> Iterator[dict[str, Any]]:
        """The records of a log, oldest first; what can't be read is passed over. Raises OSError."""
        ...

    def append(self, log: str, records: Iterable[Record]) -> None:
        """Add records to a log, all or none; they are kept when this returns. Raises OSError."""
        ...

    def cut(self, log: str, gone: Callable[[Record], bool]) -> None:
        """Take the records out of a log that this says yes to."""
        ...

    def stamp(self, log: str) -> object:
        """What changes when a log does."""
        ...


def engine(where: Where) -> Engine:
    """What keeps the index there; nothing of it is read yet. Raises BadInput and Missing."""
    address = milvus(where)
    if address is None:
        from index.folder import Folder

        return Folder(Path(where))
    try:
        from index.milvus.engine import opened
    except ImportError:
        raise Missing(
            "an index in Milvus needs the extra `milvus`: pip install 'therapist-matcher[milvus]'"
        ) from None
    return opened(address)
