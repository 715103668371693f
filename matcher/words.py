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


def keys(text: str) -> Keys:
    """The words of a text, each once: uint64 (words,), sorted."""
    found = {word for word in WORD.findall(text.casefold()) if len(word) >= SHORTEST}
    return np.array(sorted(_key(word) for word in found if not word.isdigit()), dtype=np.uint64)


def _key(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
