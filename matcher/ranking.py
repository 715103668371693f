"""Ranking: what of a client's text is compared with what of a therapist's statements.

A therapist's score is a weighted sum of cosines: the whole text against the therapist's nearest
whole statement, and each struggle against the therapist's nearest passage. A therapist who
answers all of a client's struggles so stands before one who answers a single one.
"""

from dataclasses import dataclass

from index.search import Probe
from index.vectors import Floats
from matcher.encoder import Encoder
from matcher.passages import Span, struggles

STATEMENTS, PASSAGES = "statements", "passages"

# Chosen by hand. Beside the whole text alone (nDCG@10, macro) the two together give 0.264 for 0.268
# on real client questions (CounselChat, development part) and 0.350 for 0.332 on the sample; the
# struggles also see to it that every match has a passage that answers something.
WHOLE, STRUGGLES = 0.7, 0.3
# Below this even the best match has little to do with the text: of the sample's 160 client texts
# one in a hundred stays below, of 17 lines about cars, recipes and taxes 13 do.
GOOD_MATCH = 0.32


@dataclass(frozen=True)
class Query:
    """A client's text, its struggles, and their vectors: float32 (width,), (struggles, width)."""

    text: str
    spans: tuple[Span, ...]
    whole: Floats
    parts: Floats

    def __repr__(self) -> str:
        """Say nothing of what a client wrote."""
        return f"Query({len(self.spans)} struggles)"

    @classmethod
    def of(cls, text: str, encoder: Encoder) -> "Query":
        """Split and encode a checked text."""
        spans = tuple(struggles(text))
        whole, parts = encoder.encode_spans(text, spans)
        return cls(text, spans, whole, parts)

    def probes(self) -> list[Probe]:
        """What to search the index with."""
        share = STRUGGLES / len(self.spans)
        parts = [Probe(PASSAGES, part, share) for part in self.parts]
        return [Probe(STATEMENTS, self.whole, WHOLE), *parts]
