"""Sections: what a therapist wrote, cut into pieces of about as many words as a statement has.

Statements are of any length, and how somebody spread their words over statements must not move
their rank. So the statements are put one after the other, sentences that come again are left out,
and the whole is cut anew.
"""

from collections.abc import Iterable

from matcher.passages import sentences

# Words; of 40, 60, 80 and 120 the last finds the answer written to a question best
# (CounselChat, answers), and the others do no better elsewhere.
LENGTH = 120


def sections(statements: Iterable[str]) -> list[str]:
    """The sections of a therapist's statements, as even as whole sentences allow; at least one
    where not all is blank.
    """
    said = dict.fromkeys(span.of(text) for text in statements for span in sentences(text))
    sizes = [len(sentence.split()) for sentence in said]
    parts = max(1, round(sum(sizes) / LENGTH))
    cut: list[list[str]] = [[] for _ in range(parts)]
    seen = 0
    for sentence, size in zip(said, sizes, strict=True):
        cut[int((seen + size / 2) * parts / sum(sizes))].append(sentence)
        seen += size
    return [" ".join(part) for part in cut if part]
