"""Values of filters as clients write them: phrases, and figures for hours, sums, ZIPs and ages."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import product
from typing import Any

from matcher.files import DATA
from matcher.taxonomy import Taxonomy, key

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
PAUSE = re.compile(r"[.,;:!?()\n]")  # no phrase goes across one
MOST_DOLLARS = 500  # a session; more is rent or a debt
# Of an approach's name the first words go with any of these: "play therapy", "a play therapist".
SERVICES = ("therapy", "counseling", "counselling", "psychotherapy", "work", "stuff")
PERSONS = ("therapist", "therapists", "counselor", "counsellor", "psychotherapist", "psychologist")
# Asked for by who the therapist is: "a Christian counselor" names an identity, no approach.
BY_IDENTITY = ("christian-counseling", "lgbtq-affirming")
SMALL = "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMBERS = {word: n for n, word in enumerate(f"{SMALL} seventeen eighteen nineteen".split(), 3)}
NUMBERS |= {word: 10 * n for n, word in enumerate(TENS.split(), 2)}
NUMBER = "|".join(NUMBERS)
FIGURES = re.compile(
    rf"""
    (?P<times>  # "after 6pm", "past 5", "9 a.m."
        (?:\b(?P<relation>after|past|from|before|by|around|at)\s)?
        \b(?P<hour>1?\d)(?::\d\d)?\s?(?P<half>[ap])\.?m\b\.?
      | \b(?P<since>after|past|from|before)\s(?P<clock>1?\d)(?::[0-5]\d)?(?:ish)?\b
        (?!\s?(?:%|years?|months?|weeks?|days?|hours?|minutes?|people|of|kids|sessions|or)|[:,.]\d)
    )
  | (?P<max_fee>  # "$80", "$50-80", "ninety dollars"; a bare number only after words for paying
        \$\s?\d[\d,]*(?:\.\d\d)?(?:\s?(?:-|–|to|and|or)\s?\$?\d+)?\b
      | \b(?:\d[\d,]*|{NUMBER})\s(?:dollars|bucks)\b
      | (?:(?<=charges\s)|(?<=charge\s)|(?<=can\sdo\s)|(?<=could\sdo\s)|(?<=afford\s))\d+\b
    )
  | (?P<near>(?<![\d$\#,-])\d{{5}}(?:-\d{{4}})?(?!\d|,\d))
  | (?P<years>
        \b(?:\d{{1,2}}(?!\d)|(?:{TENS.replace(" ", "|")})-\w+|{NUMBER})(?=[^\W\d_]{{0,3}}\b)
        (?![:.]\d|,\d|%|'?s\b)
    )
    """,
    re.X,
)


@dataclass(frozen=True)
class Mark:
    """A value where it stands in a text, and the letter of its section of the rules."""

    letter: str
    value: str
    start: int
    end: int


@dataclass
class PhraseBook:
    """What phrases mean, by their first word; of those that fit the longest is meant."""

    known: dict[str, dict[tuple[str, ...], tuple[str, str, bool]]] = field(default_factory=dict)

    def add(self, phrase: str, letter: str, value: str, capitals: bool = False) -> None:
        """Let a phrase mean this, unless it means something already."""
        words = tuple(WORD.findall(phrase.lower()))
        if words:
            self.known.setdefault(words[0], {}).setdefault(words, (letter, value, capitals))

    def marks(self, text: str, line: str) -> list[Mark]:
        """Every value in a text, in order; `line` is the text in lower case, as long as it."""
        found = [_figure(figure) for figure in FIGURES.finditer(line)]
        taken = {at for mark in found for at in range(mark.start, mark.end)}
        places = [word.span() for word in WORD.finditer(line)]
        words = [line[start:end] for start, end in places]
        for n, word in enumerate(words):
            start = places[n][0]
            fitting = self.known.get(word, {}) if start not in taken else {}
            for phrase in sorted(fitting, key=len, reverse=True):
                end = places[min(n + len(phrase), len(words)) - 1][1]
                letter, value, capitals = fitting[phrase]
                if (
                    tuple(words[n : n + len(phrase)]) == phrase
                    and not PAUSE.search(line, start, end)
                    and (text[start:end].isupper() or not capitals)
                ):
                    found.append(Mark(letter, value, start, end))
                    taken.update(range(start, end))
                    break
        return sorted(found, key=lambda mark: mark.start)


def phrase_book(taxonomy: Taxonomy, stated: Mapping[str, Sequence[str]]) -> PhraseBook:
    """The phrases of the rules, of a taxonomy's approaches and of what a directory states."""
    names = tuple((t.slug, (t.name, *t.synonyms)) for t in taxonomy.approaches.values())
    return _phrase_book(names, tuple((name, tuple(values)) for name, values in stated.items()))


@lru_cache(maxsize=8)
def _phrase_book(
    approaches: tuple[tuple[str, tuple[str, ...]], ...],
    stated: tuple[tuple[str, tuple[str, ...]], ...],
) -> PhraseBook:
    """Where a phrase means two things, the first to be added is meant."""
    book = PhraseBook()
    letters: dict[str, str] = {}  # the first of each filter
    for name, section in sections().items():
        filter_name, letter = section.get("filter", name), section["letter"]
        letters.setdefault(filter_name, letter)
        spelled = {key(value): value for value in dict(stated).get(filter_name, ())}
        for value, said in section.get("phrases", {}).items():
            for phrase in said:
                for each in _spread(phrase):
                    book.add(each, letter, spelled.get(key(value), value), each.isupper())
            if name == "state":  # "TX" and "Texas"
                book.add(value, letter, value, capitals=True)
        for value in section.get("known", ()):
            book.add(value, letter, spelled.get(key(value), value))
    for slug, names in approaches:
        for phrase in names:
            *stem, head = WORD.findall(phrase.lower())
            if slug not in BY_IDENTITY or head not in PERSONS:
                book.add(phrase, letters["approaches"], slug)
            if stem and head in SERVICES + PERSONS and slug not in BY_IDENTITY:
                for other in SERVICES + PERSONS:
                    book.add(" ".join((*stem, other)), letters["approaches"], slug)
    slugs = {slug for slug, _ in approaches}
    for filter_name, values in stated:
        for value in values:
            # A slug, a code or "true" may be a word: "act", "OR".
            if filter_name in letters and filter_name != "state" and value not in slugs:
                book.add(value, letters[filter_name], value)
    return book


def _spread(phrase: str) -> Iterator[str]:
    """The phrases that one with bars stands for: "takes|bills it" is two."""
    for words in product(*(word.split("|") for word in phrase.split(" "))):
        yield " ".join(filter(None, words))


def _figure(found: re.Match[str]) -> Mark:
    """A figure as its filter takes it; a value of "" can't be one of its filter's."""
    said = found.group()
    if found["times"]:
        return Mark("T", _time_of_day(found), *found.span())
    if found["max_fee"]:
        figures = re.findall(r"\d+(?:\.\d\d?)?", said.replace(",", ""))
        dollars = figures[-1] if figures else str(NUMBERS[said.split()[0]])
        return Mark("F", dollars if 10 <= float(dollars) <= MOST_DOLLARS else "", *found.span())
    if found["near"]:
        return Mark("N", said[:5], *found.span())
    first = said.partition("-")[0]  # of "eighty-three" the tens are enough
    return Mark("K", str(NUMBERS.get(first) or int(first)), *found.span())


def _time_of_day(found: re.Match[str]) -> str:
    """The time of day of an hour, or what an earliest or a latest hour leaves."""
    hour = int(found["hour"] or found["clock"])
    half, relation = found["half"], found["relation"] or found["since"]
    if half == "a" or (relation == "before" and half != "p" and hour > 6):
        return "mornings"
    return "evenings" if 4 < hour < 12 else "afternoons"


@cache
def sections() -> Mapping[str, dict[str, Any]]:
    """The rules of every section but the shared words."""
    return {name: rules for name, rules in _rules().items() if name != "words"}


@cache
def shared_words() -> Mapping[str, str]:
    """The words that templates name in braces, as patterns; a list is any one of its items."""
    return {
        name: f"(?:{'|'.join(said)})" if isinstance(said, list) else said
        for name, said in _rules()["words"].items()
    }


@cache
def _rules() -> dict[str, Any]:
    return tomllib.loads((DATA / "wishes.toml").read_text("utf-8"))
