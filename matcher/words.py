"""Words of a text as numbers, for what is matched by the letter: names of methods, rare words.

An encoder hardly knows "Ehlers-Danlos" or "ketamine"; who writes the same word is meant.
"""

import hashlib
import re

import numpy as np

from index.words import Keys

# Letters and digits, and what joins them; "it's" is not worth telling from "it".
WORD = re.compile(r"[^\W_]+(?:[-&][^\W_]+)*")
SHORTEST = 3  # characters, one of them a letter


class Vocabulary(dict[str, int]):
    """Each word's number, 0 for those that don't count; filled by whoever asks for one."""

    def __missing__(self, word: str) -> int:
        counts = len(word) >= SHORTEST and not word.isdigit()
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        self[word] = number = int.from_bytes(digest, "little") if counts else 0
        return number


def keys(text: str, known: Vocabulary | None = None) -> Keys:
    """The words of a text, each once: uint64 (words,), sorted.

    `known` is filled with every word, for a caller whose texts say the same ones again and again;
    without it nothing of the text is kept.
    """
    known = Vocabulary() if known is None else known
    found = set(map(known.__getitem__, WORD.findall(text.casefold())))
    found.discard(0)
    return np.sort(np.fromiter(found, np.uint64, len(found)))
