"""What was understood: the taxonomy's issues and approaches that a client's text speaks of."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.contents import Contents
from matcher.ranking import Query
from matcher.taxonomy import Taxonomy, words

# "not CBT", "I don't want any hypnosis": named, and not what the text speaks of.
RULED_OUT = re.compile(
    r"\b(?:not|no|without|never|t want|hate)(?: (?!just|only|but|want)\w+){0,4}$"
)
MOST = 3  # issues told
# On the sample's client texts 58 % of what lies above is right, and at 0.40 only 41 %: rather say
# nothing than something wrong.
LEAST_COSINE = 0.45


@dataclass(frozen=True)
class Understood:
    """Slugs with a score in 0..1, best first.

    An approach is told only where the text names it, an issue where it is named or sounds like
    what clients say about it.
    """

    issues: tuple[tuple[str, float], ...]
    approaches: tuple[tuple[str, float], ...]


def understood(contents: Contents, query: Query) -> Understood:
    """Place a client's text among the taxonomy's issues and approaches."""
    taxonomy = contents.taxonomy
    slugs = list(taxonomy.issues)
    nearest = contents.topics.best(query.whole[None, :], np.arange(len(contents.middles)))[0]
    cosines = ((nearest + contents.middles @ query.whole) / 2)[: len(slugs)]
    near = {s: float(c) for s, c in zip(slugs, cosines, strict=True) if c >= LEAST_COSINE}
    named, ruled_out = _named(taxonomy, words(query.text))
    issues = near | {slug: 1.0 for slug in slugs if slug in named}
    ranked = sorted(issues.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    wanted = named - ruled_out
    approaches = tuple((slug, 1.0) for slug in taxonomy.approaches if slug in wanted)
    return Understood(tuple((s, round(min(c, 1.0), 4)) for s, c in ranked), approaches)


def _named(taxonomy: Taxonomy, text: Sequence[str]) -> tuple[set[str], set[str]]:
    """The topics whose name stands in the text, and those that are denied wherever they stand."""
    longest = max(map(len, taxonomy.names))
    meant: set[str] = set()
    denied: set[str] = set()
    for start in range(len(text)):
        for end in range(start + 1, min(start + longest, len(text)) + 1):
            slugs = taxonomy.names.get(tuple(text[start:end]))
            if slugs:
                ruled_out = RULED_OUT.search(" ".join(text[:start]))
                (denied if ruled_out else meant).update(slugs)
    return meant | denied, denied - meant
