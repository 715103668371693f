"""A query: a client's text with all that is read from it before anything is searched."""

from collections.abc import Set
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from index.vectors import Floats
from index.words import Keys
from matcher.contents import Contents
from matcher.naming import named
from matcher.passages import Span, struggles
from matcher.taxonomy import Taxonomy
from matcher.wishes import Wish, wishes
from matcher.words import keys

# What an issue that the text calls by name counts for, of all that it speaks of.
BY_NAME = 0.5


@dataclass(frozen=True)
class Query:
    """A client's text, its struggles, and their vectors: float32 (width,), (struggles, width).

    `issues`, float32 (issues,), says how likely the text speaks of each; what the sum lacks to 1
    is how likely it speaks of none. `named` has the slugs of issues and approaches called by name,
    `words` the text's words as keys, uint64 (words,).
    """

    text: str
    spans: tuple[Span, ...]
    whole: Floats
    parts: Floats
    issues: Floats
    named: frozenset[str]
    wishes: tuple[Wish, ...]
    words: Keys

    @cached_property
    def ruled_out(self) -> frozenset[str]:
        """The slugs of approaches that the text rules out."""
        return frozenset(w.value for w in self.wishes if w.filter == "approaches" and w.exclude)

    def without(self, slugs: Set[str], taxonomy: Taxonomy) -> "Query":
        """The query of a text that speaks of none of these issues and approaches.

        How likely it speaks of any issue at all stays as it is, where another one is left.
        """
        kept = np.array([slug not in slugs for slug in taxonomy.issues])
        issues = self.issues * kept
        # In float64, as what is left may be so little that its share is out of float32's range.
        left = issues.sum(dtype=np.float64)
        if left > 0:
            issues = (issues * (self.issues.sum(dtype=np.float64) / left)).astype(np.float32)
        return replace(
            self,
            issues=issues,
            named=self.named - slugs,
            wishes=tuple(
                wish
                for wish in self.wishes
                if wish.filter != "approaches" or wish.value not in slugs
            ),
        )

    def __repr__(self) -> str:
        """Say nothing of what a client wrote."""
        return f"Query({len(self.spans)} struggles)"

    @classmethod
    def of(cls, text: str, contents: Contents) -> "Query":
        """Split, encode and place a checked text."""
        spans = tuple(struggles(text))
        whole, parts = contents.encoder.encode_spans(text, spans)
        found = named(contents.taxonomy, text)
        wished = wishes(text, contents.taxonomy, contents.choices)
        issues = contents.bridge.clients.likelihoods(whole[None, :])[0, :-1]
        meant = np.array([slug in found for slug in contents.taxonomy.issues])
        if meant.any():
            issues = (1 - BY_NAME) * issues + BY_NAME * meant / meant.sum()
        return cls(text, spans, whole, parts, issues.astype(np.float32), found, wished, keys(text))
