"""Naming: the taxonomy's issues and approaches that a text calls by name."""

from matcher.taxonomy import Taxonomy, words


def named(taxonomy: Taxonomy, text: str) -> frozenset[str]:
    """The slugs of all topics of which a name or synonym stands in the text."""
    found = words(text)
    longest = max(map(len, taxonomy.names))
    slugs: set[str] = set()
    for start in range(len(found)):
        for end in range(start + 1, min(start + longest, len(found)) + 1):
            slugs.update(taxonomy.names.get(tuple(found[start:end]), ()))
    return frozenset(slugs)
