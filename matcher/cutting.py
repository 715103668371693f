"""Cuts what therapists wrote into the texts that are encoded; what was cut before is taken over."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version as installed
from pathlib import Path

from matcher import passages, sections
from matcher.contents import PASSAGES, SECTIONS, Contents
from matcher.records import Therapist

DIGEST = 16  # bytes; tells any number of texts apart
Piece = tuple[int, int, int, bytes]  # a passage: its statement, start, end, and its text's digest


@dataclass(frozen=True)
class Cut:
    """A therapist's passages, the digests of their sections, and the group of the live version
    whose texts these are, if any.
    """

    passages: list[Piece]
    sections: list[bytes]
    group: int | None = None


class Cuts:
    """Cuts therapists' statements; `texts` are those cut here, by their digests."""

    def __init__(self, live: Contents | None) -> None:
        """Take over from a version that was cut by the same rules, whose vectors are known."""
        same = live is not None and rules() == live.version.manifest.get("cutting")
        self._live = live if same else None
        self.texts: dict[bytes, str] = {}

    def of(self, therapist: Therapist, written: str) -> Cut:
        """What a therapist's statements are cut into; `written` is their record as JSON."""
        live = self._live
        group = None if live is None else live.groups.get(therapist.id)
        if live is not None and group is not None:
            # Most records are as they were, which is told sooner than their statements are read.
            same = written == self._written[group]
            if same or _said(live.therapist(group)) == _said(therapist):
                return self._taken(live, group)
        pieces = [
            (number, span.start, span.end, self._kept(span.of(text)))
            for number, text in enumerate(_said(therapist))
            for span in passages.passages(text)
        ]
        return Cut(pieces, [self._kept(text) for text in sections.sections(_said(therapist))])

    def _kept(self, text: str) -> bytes:
        key = digest(text)
        self.texts[key] = text
        return key

    def _taken(self, live: Contents, group: int) -> Cut:
        first, last = live.texts[PASSAGES].starts[group : group + 2]
        begin, end = live.texts[SECTIONS].starts[group : group + 2]
        pieces, parts = self._lists
        return Cut(pieces[first:last], parts[begin:end], group)

    @cached_property
    def _written(self) -> list[str]:
        """All records of the live version, as JSON."""
        assert self._live is not None
        written: list[str] = self._live.records["record"].to_pylist()
        return written

    @cached_property
    def _lists(self) -> tuple[list[Piece], list[bytes]]:
        """All passages and sections of the live version."""
        assert self._live is not None
        table = self._live.texts[PASSAGES].table
        columns = (table[name].to_pylist() for name in ("statement", "start", "end", "text"))
        parts: list[bytes] = self._live.texts[SECTIONS].table["text"].to_pylist()
        return list(zip(*columns, strict=True)), parts


def rules() -> str:
    """A hash over all that decides how a text is cut."""
    code = (Path(file).read_bytes() for file in (passages.__file__, sections.__file__))
    return hashlib.sha256(b"".join(code) + installed("sentencex").encode()).hexdigest()


def digest(text: str) -> bytes:
    """What a text is known by."""
    return hashlib.blake2b(text.encode(), digest_size=DIGEST).digest()


def _said(therapist: Therapist) -> list[str]:
    return [statement.text for statement in therapist.statements]
