"""What was understood of a text: issues and approaches it speaks of, and what it wishes."""

from dataclasses import dataclass

from matcher.contents import Contents
from matcher.language import language
from matcher.query import Query
from matcher.wishes import Wish

MOST = 3  # issues told
# Of the issues told over the sample's queries six in ten are right; a lower bound finds few more.
LEAST = 0.4


@dataclass(frozen=True)
class Understood:
    """Slugs with a score in 0..1, best first, wishes in the text's order, and the language.

    An approach is told only where the text names it, an issue where it is named or where the text
    sounds like what clients say about it.
    """

    issues: tuple[tuple[str, float], ...]
    approaches: tuple[tuple[str, float], ...]
    wishes: tuple[Wish, ...] = ()
    language: str | None = None  # its ISO code, where that is plain


def understood(contents: Contents, query: Query) -> Understood:
    """The issues and approaches that a text speaks of, and its wishes."""
    taxonomy = contents.taxonomy
    likely = dict(zip(taxonomy.issues, query.issues.tolist(), strict=True))
    found = {slug: p for slug, p in likely.items() if p >= LEAST}
    found |= {slug: 1.0 for slug in taxonomy.issues if slug in query.named}
    ranked = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    meant = query.named - query.ruled_out
    approaches = tuple((slug, 1.0) for slug in taxonomy.approaches if slug in meant)
    return Understood(
        tuple((slug, round(p, 4)) for slug, p in ranked),
        approaches,
        query.wishes,
        language(query.text),
    )
