"""Reads the line under a statement on a directory page: `— Name, Degree, Title in City, ST`."""

import hashlib
import re
from dataclasses import dataclass

from matcher.files import read_data
from matcher.taxonomy import key

DASH = re.compile(r"^(?:[—–―]|--)\s*(?P<who>\S.*)$")
PLACE = re.compile(r"^(?P<who>.*\S)\s+in\s+(?P<city>[^,]*?)\s*,\s*(?P<state>[A-Za-z]{2})?\s*$")
# PhD, Psy.D., LMFT, LCSW-C, M.A.: a degree or licence as it stands after a name.
DEGREE = re.compile(r"^(?:[A-Z][A-Za-z]{0,2}\.?){1,4}[A-Z]{0,4}\.?(?:-[A-Z]+)?$")
SUFFIX = re.compile(r"^(?:Jr|Sr)\.?$|^I{2,3}$|^IV$")
INITIAL = re.compile(r"^[A-Z]\.$")
PARTICLES = {"de", "del", "der", "la", "van", "von", "bin", "binti", "al", "el", "da", "dos", "y"}
LONGEST_NAME = 6  # words
LONGEST = 25  # words; a longer line that begins with a dash is part of a statement


@dataclass(frozen=True)
class Signature:
    """Who signed a statement, as written; `doubts` says what of the line was not understood."""

    name: str
    credentials: tuple[str, ...] = ()
    title: str | None = None
    city: str | None = None
    state: str | None = None
    doubts: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The same for the same casefolded name, city and state: 16 hex digits."""
        parts = (key(self.name), key(self.city or ""), key(self.state or ""))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]

    @classmethod
    def read(cls, line: str) -> "Signature | None":
        """Take a line of a page, or None where it is no signature."""
        signed = DASH.match(line)
        if signed is None or len(line.split()) > LONGEST:
            return None
        who, city, state = signed["who"].replace("D.C.", "DC"), None, None
        place = PLACE.match(who)
        if place:
            who, city, state = place["who"], place["city"] or None, place["state"]
        name, *rest = [" ".join(part.split()) for part in who.split(",")]
        if not place and not _signs(name, rest):
            return None
        if rest and SUFFIX.match(rest[0]):
            name = f"{name}, {rest.pop(0)}"
        if name.casefold().startswith("in "):  # a place, and nobody
            name = ""
        degrees = 0
        while degrees < len(rest) and DEGREE.match(rest[degrees]):
            degrees += 1
        title = ", ".join(part for part in rest[degrees:] if part) or None
        doubts = _doubts(None if place else title, state)
        state = state.upper() if state and not any("state" in d for d in doubts) else None
        return cls(name, tuple(rest[:degrees]), title, city, state, doubts)


def _signs(name: str, rest: list[str]) -> bool:
    """Whether a line without a place is a name, with or without a title, and no sentence."""
    words = name.split()
    if len(words) > LONGEST_NAME or (rest and not rest[0][:1].isupper()):
        return False
    ends = (rest or words or [""])[-1].split()[-1:] or [""]
    if re.search(r"[.!?…]$", ends[0]) and not (INITIAL.match(ends[0]) or DEGREE.match(ends[0])):
        return False
    return bool(rest) or all(w[:1].isupper() or w in PARTICLES for w in words)


def _doubts(unplaced: str | None, state: str | None) -> tuple[str, ...]:
    found = []
    if state and state.upper() not in read_data("directory.schema.json")["$defs"]["state"]["enum"]:
        found.append(f"the state {state} is unknown: left out")
    if unplaced and re.search(r"\bin [A-Z][^,]*(,|$)", unplaced):
        found.append(f"no place could be read from “{unplaced}”: kept as the title")
    return tuple(found)
