"""This engine, as a Python program uses it."""

from pathlib import Path
from typing import Self

from benchmarks.contestants import LIMIT, Answer
from matcher import Matcher


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
        return cls(Matcher.open(folder / "index"))

    def search(self, text: str) -> Answer:
        """The whole answer, with evidence, issues and crisis notice; ids and scores are kept."""
        result = self._matcher.match(text, limit=LIMIT)
        return [(match.therapist.id, match.score) for match in result.matches]
