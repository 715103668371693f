"""The page's own words, from one Fluent file a language."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from fluent.runtime import FluentLocalization, FluentResourceLoader
from fluent.syntax import parse
from fluent.syntax.ast import Message

FOLDER = Path(__file__).parent / "locales"
DEFAULT = "en"


class Strings:
    """What the page says in one language; what a translation lacks is said in English."""

    def __init__(self, language: str = DEFAULT) -> None:
        """Read a language's file. Raises ValueError where there is none."""
        if not has_strings(language):
            raise ValueError(f"no strings in {language!r}: write a file for it in {FOLDER.name}/")
        self.language = language
        order = list(dict.fromkeys((language, DEFAULT)))
        loader = FluentResourceLoader(str(FOLDER))
        # Without marks around what is put in, which would travel along wherever it is copied to.
        self._said = FluentLocalization(order, ["{locale}.ftl"], loader, use_isolating=False)

    def __call__(self, name: str, /, **values: Any) -> str:
        """A string by its name, with values put in. Raises KeyError where there is none."""
        said: str = self._said.format_value(name, values)
        if said == name:
            raise KeyError(name)
        return said

    def day(self, day: date) -> str:
        """A day, written out."""
        return format_date(day, "long", self.language)

    def called(self, language: str) -> str:
        """What a language, given by its ISO code, is called in this one; "" where unknown."""
        try:
            return Locale(language).get_display_name(self.language) or ""
        except (UnknownLocaleError, ValueError):
            return ""


def has_strings(language: str | None) -> bool:
    """Whether there is a file for a language, be it of some strings alone."""
    return language in {path.stem for path in FOLDER.glob("*.ftl")}


@cache
def languages() -> Sequence[str]:
    """The languages that the whole page is written in."""
    wanted = _names(DEFAULT)
    return sorted(path.stem for path in FOLDER.glob("*.ftl") if _names(path.stem) >= wanted)


def _names(language: str) -> set[str]:
    read = (FOLDER / f"{language}.ftl").read_text("utf-8")
    return {entry.id.name for entry in parse(read).body if isinstance(entry, Message)}
