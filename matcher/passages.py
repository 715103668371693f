"""Cuts a text into sentence-sized spans: passages of a statement, struggles of a client's text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

LONGEST_PASSAGE = 80  # words; a longer sentence can't be read as a quote
LONGEST_STRUGGLE = 40  # words; where a client writes without punctuation
SHORTEST = 4  # words; "I get it." alone says nothing to search with
MOST_STRUGGLES = 16  # a longer text has its neighbours joined, so that no text costs more

LINE = re.compile(r"[^\n\x0b\x0c\u2028\u2029]+")
# A run of letters without spaces counts as a word for every 60 of them.
WORD = re.compile(r"\S{1,60}")


@dataclass(frozen=True)
class Span:
    """The code points from `start` up to `end` of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The slice of the text."""
        return text[self.start : self.end]


def passages(text: str) -> list[Span]:
    """The passages of a statement; at least one where the text is not blank."""
    return _join_short(_cut(text, LONGEST_PASSAGE), text)


def struggles(text: str) -> list[Span]:
    """The struggles of a client's text, 1 to 16; at least one where the text is not blank."""
    spans = _join_short(_cut(text, LONGEST_STRUGGLE), text)
    while len(spans) > MOST_STRUGGLES:
        pairs = [spans[i : i + 2] for i in range(0, len(spans), 2)]
        spans = [Span(pair[0].start, pair[-1].end) for pair in pairs]
    return spans


def _cut(text: str, longest: int) -> Iterator[Span]:
    for line in LINE.finditer(text):
        for sentence in sentencex.get_sentence_boundaries("en", line.group()):
            start, end = (line.start() + sentence[side] for side in ("start_index", "end_index"))
            words = list(WORD.finditer(text, start, end))
            for first in range(0, len(words), longest):
                piece = words[first : first + longest]
                yield Span(piece[0].start(), piece[-1].end())


def _join_short(spans: Iterator[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for span in spans:
        if joined and (_short(span, text) or _short(joined[-1], text)):
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _short(span: Span, text: str) -> bool:
    return len(WORD.findall(text, span.start, span.end)) < SHORTEST
