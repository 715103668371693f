"""This engine, as a Python program uses it."""

import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any, Self

from benchmarks.contestants import LIMIT, Answer
from matcher import Matcher


class WithoutPandas(MetaPathFinder):
    """Hides pandas, which pyarrow imports where it lies around.

    The base install hasn't got it, some peers bring it; it would count as this engine's memory
    and start-up.
    """

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        """Refuse pandas, know nothing of the rest."""
        if fullname == "pandas":
            raise ModuleNotFoundError("hidden while this engine is measured", name=fullname)


class Contestant:
    """The live version of an index folder."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher

    @staticmethod
    def prepare(directory: Path, folder: Path) -> None:
        """Build an index."""
        # What builds is not imported where only answering is measured.
        from matcher.build import build

        build(directory, folder / "index")

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Open it, hashes checked."""
        sys.meta_path.insert(0, WithoutPandas())
        return cls(Matcher.open(folder / "index"))

    def search(self, text: str) -> Answer:
        """The whole answer, with evidence, issues and crisis notice; ids and scores are kept."""
        result = self._matcher.match(text, limit=LIMIT)
        return [(match.therapist.id, match.score) for match in result.matches]
