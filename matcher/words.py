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


def keys(text: str, known: dict[str, int] | None = None) -> Keys:
    """The words of a text, each once: uint64 (words,), sorted.

    `known` is filled with every word's number, for a caller whose texts say the same ones again
    and again; without it nothing of the text is kept.
    """
    known = {} if known is None else known
    found = {word for word in WORD.findall(text.casefold()) if len(word) >= SHORTEST}
    for word in found - known.keys():
        known[word] = _key(word)
    return np.array(sorted(known[word] for word in found if not word.isdigit()), dtype=np.uint64)


def _key(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
