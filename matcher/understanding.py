"""What was understood: the taxonomy's issues and approaches that a client's text speaks of."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from matcher.contents import Contents
from matcher.ranking import Query
from matcher.taxonomy import Topic, key

NO_WORD = re.compile(r"[^\w&.-]+")
SENTENCE_END = re.compile(r"[.!?\n]+(?=\s|$)")
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
    text = _words(query.text)
    slugs = list(taxonomy.issues)
    rows, topics = contents.topics, np.arange(len(slugs))
    lines, offsets = rows.members(topics)
    sums = np.add.reduceat(rows.take(lines), offsets)
    middles = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    cosines = (rows.best(query.whole, topics)[0] + middles @ query.whole) / 2
    near = {s: float(c) for s, c in zip(slugs, cosines, strict=True) if c >= LEAST_COSINE}
    issues = near | dict.fromkeys(_named(taxonomy.issues.values(), text, False), 1.0)
    ranked = sorted(issues.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    named = ((slug, 1.0) for slug in _named(taxonomy.approaches.values(), text, True))
    return Understood(tuple((s, round(min(c, 1.0), 4)) for s, c in ranked), tuple(named))


def _named(topics: Iterable[Topic], text: str, ruled_out: bool) -> Iterable[str]:
    """Topics whose name stands in the text; with `ruled_out`, only where it isn't denied."""
    for topic in topics:
        places = (p for n in (topic.name, *topic.synonyms) for p in _places(_spelled(n), text))
        if any(not (ruled_out and RULED_OUT.search(text[:place])) for place in places):
            yield topic.slug


def _places(name: str, text: str) -> Iterator[int]:
    place = text.find(name)
    while place >= 0:
        yield place
        place = text.find(name, place + 1)


@cache
def _spelled(name: str) -> str:
    """A topic's name as `_words` spells it; kept, since it is the taxonomy's and no client's."""
    return _words(name)


def _words(text: str) -> str:
    """Casefolded words with a space on either side, so that a name is met as whole words."""
    return f" {key(NO_WORD.sub(' ', SENTENCE_END.sub(' . ', text)))} "
