"""Wishes: what a client's text says they want in a therapist, or rule out, read by rules.

The rules stand in `wishes.toml`, which says how they are written. A wish overlooked costs little,
as the search reads the whole text; a wish that nobody has costs more. No text is kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from matcher.taxonomy import Taxonomy
from matcher.wish_values import Mark, phrase_book, sections, shared_words

# A dot within a number or a web address ends no sentence, nor does the one before a refusal:
# "Art therapy? No thank you", "Tried it. Never again".
SENTENCE = re.compile(r"(?:[^.!?…\n]|\.(?=\w)|[.?](?=\s(?:no\sthank|nope|never\sagain)))+")
# Hostile texts have more than these, and what is beyond them is not read.
LONGEST = 600  # characters of a sentence
MOST = 30  # values of a text
# Templates are tried this many characters before a value, and end as many behind it.
BEFORE, BEHIND = 100, 160
FIRST_PERSON = re.compile(r"\b(?:i|i'?m|i'?ve|i'?d|me|myself)\b")
NAME = re.compile(r"\{([a-z_]+)\}")  # in a template
# The order in which a section's templates win.
KINDS = ("quiet", "ruled_out", "asked", "beside")


@dataclass(frozen=True)
class Wish:
    """One filter's value that is wished or, with `exclude`, ruled out.

    `start` and `end` count code points: it was read from `text[start:end]`. In person only is
    telehealth ruled out.
    """

    filter: str
    value: str
    exclude: bool
    start: int
    end: int


@dataclass(frozen=True)
class Rule:
    """A section of the rules; its letter stands for its values in a line."""

    filter: str
    letter: str
    excluded: bool  # what is asked for is ruled out, and the other way round
    anywhere: bool  # `beside` counts beside a wish anywhere in the text
    first_year: int  # where the values are ages in years: those that tell of a group
    last_year: int
    templates: tuple[tuple[str, re.Pattern[str]], ...]  # each with its kind


@dataclass(frozen=True)
class Read:
    """A wish, the rule that read it, and whether it is too little alone."""

    wish: Wish
    rule: Rule
    weak: bool


def wishes(text: str, taxonomy: Taxonomy, stated: Mapping[str, Sequence[str]]) -> tuple[Wish, ...]:
    """What a text wishes, in its order; a filter's value at most once wished, once ruled out.

    `stated` holds what the directory's therapists state, as `choices` gives it: its spelling is
    returned, and its values beyond the vocabulary are understood too.
    """
    line = "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("’", "'")
    marks = phrase_book(taxonomy, stated).marks(text, line)[:MOST]
    for mark in marks:
        line = line[: mark.start] + mark.letter * (mark.end - mark.start) + line[mark.end :]
    firm: list[Wish] = []
    weak: list[Read] = []
    for sentence in SENTENCE.finditer(line) if marks else ():
        inside = [mark for mark in marks if sentence.start() <= mark.start < sentence.end()]
        found = list(_read(sentence.group(), sentence.start(), inside))
        near = [read.wish for read in found if not read.weak]
        filters = {read.wish.filter for read in found}
        listed = len(filters) > 1  # "evenings, Aetna": each stands beside the other
        for read in found:
            if not read.weak or ((near or listed) and read.rule.letter != "K"):
                firm.append(read.wish)
            else:
                weak.append(read)
    # Who speaks of themselves may mention a child's age without asking for the child.
    own = FIRST_PERSON.search(line) is not None
    if firm:
        firm += [r.wish for r in weak if r.rule.anywhere and not (own and r.rule.letter == "K")]
    return tuple(_agreed(firm))


def _read(sentence: str, start: int, marks: Sequence[Mark]) -> Iterator[Read]:
    """What a sentence that starts at `start` of the text wishes with the values in it."""
    start += len(sentence) - len(sentence.lstrip())
    sentence = sentence.strip()[:LONGEST]
    for rule in rules():
        unread = [mark for mark in marks if mark.letter == rule.letter]
        if not unread:
            continue
        reach = (max(0, unread[0].start - start - BEFORE), unread[-1].end - start + BEHIND)
        for kind, template in rule.templates:
            for match in template.finditer(sentence, *reach):
                first, last = start + match.start(), start + match.end()
                for mark in [mark for mark in unread if first <= mark.start < last]:
                    unread.remove(mark)
                    value = _age_group(int(mark.value), rule) if rule.letter == "K" else mark.value
                    if value and kind != "quiet":
                        exclude = (kind == "ruled_out") != rule.excluded
                        wish = Wish(rule.filter, value, exclude, first, last)
                        yield Read(wish, rule, kind == "beside")


def _age_group(years: int, rule: Rule) -> str:
    """The group that an age in years tells of, or "": most clients are grown and ask for none."""
    if not rule.first_year <= years <= rule.last_year or 17 < years < 65:
        return ""
    return "children" if years < 13 else "teens" if years < 18 else "elders"


def _agreed(found: Iterable[Wish]) -> Iterator[Wish]:
    """The wishes in order, once each; what is wished and ruled out in one text is neither."""
    first: dict[tuple[str, str, bool], Wish] = {}
    for wish in sorted(found, key=lambda wish: (wish.start, wish.end)):
        first.setdefault((wish.filter, wish.value, wish.exclude), wish)
    # Nor is either a man or a woman a wish.
    either = all(("gender", value, False) in first for value in ("man", "woman"))
    for (name, value, exclude), wish in first.items():
        if (name, value, not exclude) not in first and not (either and name == "gender"):
            yield wish


@cache
def rules() -> tuple[Rule, ...]:
    """Every section of the rules, with its templates compiled."""
    return tuple(
        Rule(
            filter=section.get("filter", name),
            letter=section["letter"],
            excluded=section.get("excluded", False),
            anywhere=section.get("anywhere", False),
            first_year=section.get("years", (0, 99))[0],
            last_year=section.get("years", (0, 99))[1],
            templates=tuple(
                (kind, _compiled(template, section["letter"]))
                for kind in KINDS
                for template in section[kind]
            ),
        )
        for name, section in sections().items()
    )


def _compiled(template: str, letter: str) -> re.Pattern[str]:
    """A template with each name in braces replaced by what it stands for."""
    one = f"{letter}+(?!{letter})"
    several = rf"{one}(?:(?:,| or| and|,? ?/|, or|, and| &|,? maybe)? ?{one}){{0,4}}"
    words = {**shared_words(), "value": several}
    while NAME.search(template):
        template = NAME.sub(lambda name: words[name[1]], template)
    return re.compile(rf"(?<![\w'-])(?:{template})")
