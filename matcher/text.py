"""What a client may send: checked before anything else sees it."""

import re

from index.errors import BadInput

LONGEST = 4000  # code points
# Tab, line breaks and the vertical tab that word processors paste are white space to us.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
LETTER = re.compile(r"[^\W_]")


def checked(text: str) -> str:
    """The text itself, if it can be searched with.

    Raises BadInput, which never repeats the text: for one that is blank, has no letter or digit,
    is longer than 4,000 characters, or holds control characters or halves of a character.
    """
    if len(text) > LONGEST:
        raise BadInput(
            f"the text has {len(text):,} characters; at most {LONGEST:,} can be read", "text"
        )
    if SURROGATE.search(text):
        raise BadInput("the text holds half a character (a lone surrogate): send UTF-8", "text")
    if CONTROL.search(text):
        raise BadInput("the text holds control characters: remove them", "text")
    if not text.strip():
        raise BadInput("the text is empty: write a sentence or two about what you need", "text")
    if not LETTER.search(text):
        raise BadInput("the text has no words: write a sentence or two about what you need", "text")
    return text
