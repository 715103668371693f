"""Logs among the texts of a Milvus: a text for each record, named after the time it was added."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any
from uuid import uuid4

from index.engine import Record
from index.milvus.connection import QUICK
from index.milvus.texts import Texts


class Logs:
    """All logs of an index; each method is as `index.engine.Engine` has it."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def lines(self, log: str) -> Iterator[dict[str, Any]]:
        """In the order of their names, which is that of their times."""
        return (record for _, record in self._lines(log))

    def append(self, log: str, records: Iterable[Record]) -> None:
        """Their first parts are sent at once."""
        last = max(self._texts.names(f"{log}/"), default=f"{log}/0")
        now = max(time.time_ns(), int(last.rpartition("/")[2]) + 1)  # a clock may be set back
        told = {f"{log}/{now + n:020}": json.dumps(r).encode() for n, r in enumerate(records)}
        self._texts.put(told | self._stamped(log))

    def cut(self, log: str, gone: Callable[[Record], bool]) -> None:
        """Delete their texts."""
        self._texts.delete([name for name, record in self._lines(log) if gone(record)])
        self._texts.put(self._stamped(log))

    def stamp(self, log: str) -> object:
        """A text that is another one whenever something was added or taken out."""
        return b"".join(self._texts.read(f"stamp/{log}", QUICK) or ())

    def _stamped(self, log: str) -> dict[str, bytes]:
        return {f"stamp/{log}": uuid4().bytes}

    def _lines(self, log: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, content in self._texts.all(f"{log}/"):
            with suppress(ValueError):
                yield name, json.loads(content)
