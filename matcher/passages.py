"""Cuts a text into sentence-sized spans: passages of a statement, struggles of a client's text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import sentencex

LONGEST_PASSAGE = 80  # words; a longer sentence can't be read as a quote
LONGEST_JOINED = 40  # words that short sentences are joined up to
LONGEST_STRUGGLE = 40  # words; where a client writes without punctuation
# Words; "I get it." alone says nothing, neither to search with nor to read as a quote. Passages of
# 4, 8 or 12 words rank the sample's queries alike.
SHORTEST_PASSAGE, SHORTEST_STRUGGLE = 8, 4
MOST_STRUGGLES = 16  # a longer text has its neighbours joined, so that no text costs more

LINE = re.compile(r"[^\n\x0b\x0c\u2028\u2029]+")
# A run of letters without spaces counts as a word for every 30 of them.
WORD = re.compile(r"\S{1,30}")
LETTERS_A_WORD = 6  # in scripts that put no spaces between words


@dataclass(frozen=True)
class Span:
    """The code points from `start` up to `end` of a text."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The slice of the text."""
        return text[self.start : self.end]


def sentences(text: str) -> list[Span]:
    """The sentences of a statement, however short; at least one where the text is not blank."""
    return list(_cut(text, LONGEST_PASSAGE))


def passages(text: str) -> list[Span]:
    """The passages of a statement; at least one where the text is not blank."""
    return _join_short(_cut(text, LONGEST_PASSAGE), text, SHORTEST_PASSAGE)


def struggles(text: str) -> list[Span]:
    """The struggles of a client's text, 1 to 16; at least one where the text is not blank."""
    spans = _join_short(_cut(text, LONGEST_STRUGGLE), text, SHORTEST_STRUGGLE)
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


def _join_short(spans: Iterator[Span], text: str, shortest: int) -> list[Span]:
    """Join what is too short to stand alone with its neighbour, up to the size of a sentence."""
    joined: list[Span] = []
    for span in spans:
        weak = _size(span, text) < shortest or (joined and _size(joined[-1], text) < shortest)
        if joined and weak and _size(Span(joined[-1].start, span.end), text) <= LONGEST_JOINED:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _size(span: Span, text: str) -> int:
    """How many words a span has, or would have."""
    return max(
        len(WORD.findall(text, span.start, span.end)), (span.end - span.start) // LETTERS_A_WORD
    )
