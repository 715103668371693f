"""Reads saved directory pages, one approach a page, into directory records.

A page prints the approach's name and description, then each specialist's statement followed by a
signature such as `— Name, Degree, Title in City, ST`. Navigation between them is passed over and
reported.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bs4 import BeautifulSoup

from index.errors import BadInput
from matcher.signatures import Signature

HEADING = re.compile(r"\b(specialists|therapists|practitioners|experts)\b", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?…:][\"'”’)]*$")
FULL_STOP = re.compile(r"[^.]\.[\"'”’)]*$")
NAVIGATION = re.compile(
    r"(find|view|read|see|show|load|send|book|contact|browse|search|learn|sign|log|share|next|"
    r"previous|back|home|menu|skip|call|email|message|need help|get started|filter|sort|page)"
    r"\b(?!-)",
    re.IGNORECASE,
)
FIRST_PERSON = re.compile(r"\b(i|i'm|i’m|me|my|we|our)\b", re.IGNORECASE)
LONGEST_NAVIGATION = 8  # words
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")
# Elements whose text is no part of the page's own writing.
SILENT = ["script", "style", "noscript", "template", "head", "nav", "button"]
BLOCKS = ["p", "div", "li", "br", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "section"]
BLOCKS += [
    "article",
    "cite",
    "figcaption",
    "header",
    "main",
    "aside",
    "tr",
    "td",
    "dd",
    "dt",
    "footer",
    "form",
    "label",
    "option",
]


@dataclass(frozen=True)
class Line:
    """A line of a page that is not blank, runs of spaces collapsed."""

    number: int
    text: str

    @property
    def is_navigation(self) -> bool:
        """Short, and either titled like a button or begun like one; nobody speaks in it."""
        words = self.text.split()
        if not self.is_short or FIRST_PERSON.search(self.text):
            return False
        titled = all(w[0].isupper() or len(w) <= 3 for w in words) and len(words) > 1
        begun = NAVIGATION.match(self.text) is not None
        return begun or (titled and not SENTENCE_END.search(self.text))

    @property
    def is_heading(self) -> bool:
        """The heading above the statements."""
        return self.is_short and HEADING.search(self.text) is not None

    @property
    def is_short(self) -> bool:
        """No longer than a button or a heading, and no sentence with a full stop."""
        words = len(self.text.split())
        return words <= LONGEST_NAVIGATION and not FULL_STOP.search(self.text)

    @property
    def is_prose(self) -> bool:
        """Running text, as a description is."""
        return not _is_break(self) and (not self.is_short or bool(SENTENCE_END.search(self.text)))

    @property
    def may_name(self) -> bool:
        """Whether this can be an approach's name."""
        return not (self.is_prose or self.is_heading or NAVIGATION.match(self.text))


@dataclass(frozen=True)
class Entry:
    """A specialist's statement on a page, and the signature under it."""

    line: int
    text: str
    signature: Signature


@dataclass(frozen=True)
class Page:
    """One approach as a directory prints it; `notes` are (line, what) of all not taken in."""

    approach: str
    description: str
    entries: tuple[Entry, ...]
    notes: tuple[tuple[int, str], ...]


def read_page(path: Path) -> Page:
    """Read a saved page, text or HTML.

    Raises BadInput for a file that can't be read or that holds no approach with specialists.
    """
    lines = list(_lines(path))
    signed = [i for i, line in enumerate(lines) if Signature.read(line.text)]
    if not signed:
        raise BadInput(f"{path}: no line such as “— Name, Title in City, ST” stands in this page")
    name, description, body = _introduction(lines, signed[0])
    if name is None:
        raise BadInput(f"{path}: no approach's name stands before the first statement")
    kept = {name, *description}
    notes = [(x.number, _passed(x)) for x in lines[:body] if x not in kept]
    entries = tuple(_entries(lines[body:], notes))
    about = "\n\n".join(line.text for line in description)
    return Page(name.text, about, entries, tuple(sorted(notes)))


def _lines(path: Path) -> Iterator[Line]:
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 at byte {error.start + 1}: save it as UTF-8") from None
    is_html = re.search(r"<(html|body|p|div)\b", content, re.IGNORECASE)
    for number, text in _html(content) if is_html else enumerate(content.split("\n"), 1):
        if text.strip():
            yield Line(number, " ".join(CONTROL.sub("", text).split()))


def _html(content: str) -> Iterator[tuple[int, str]]:
    soup = BeautifulSoup(re.sub("[\x1e\x1f]", "", content), "html.parser")
    for silent in soup.find_all(SILENT):
        silent.decompose()
    for part in soup.find_all(["footer", "form"]):
        # A footer may name who is quoted, and some sites stand in a form as a whole.
        if not any(Signature.read(line.strip()) for line in part.get_text("\n").split("\n")):
            part.decompose()
    for block in soup.find_all(BLOCKS):
        block.insert_before(f"\x1e{block.sourceline}\x1f")
        block.insert_after("\x1e")
    number = "1"
    for chunk in soup.get_text().split("\x1e"):
        # A character reference can bring a \x1e or \x1f of the page's own.
        mark = re.match("([0-9]+)\x1f", chunk)
        number = mark[1] if mark else number
        yield int(number), chunk[mark.end() :] if mark else chunk


def _introduction(lines: list[Line], first: int) -> tuple[Line | None, list[Line], int]:
    """The approach's name, its description, and where the statements begin."""
    named = [i for i in range(1, first) if lines[i].is_prose and lines[i - 1].may_name]
    long = [i for i in named if len(lines[i].text.split()) > 2 * LONGEST_NAVIGATION]
    if not named:
        return None, [], 0
    start = (long or named)[0]
    breaks = [i for i in range(start + 1, first) if _is_break(lines[i])]
    headings = [i for i in breaks if lines[i].is_heading]
    body = (headings or breaks or [start + 1])[0]
    return lines[start - 1], [x for x in lines[start:body] if not _is_break(x)], body


def _is_break(line: Line) -> bool:
    return line.is_navigation or line.is_heading


def _entries(lines: list[Line], notes: list[tuple[int, str]]) -> Iterator[Entry]:
    said: list[Line] = []
    for line in lines:
        signature = Signature.read(line.text)
        if signature is None and _is_break(line):
            notes.append((line.number, _passed(line)))
        elif signature is None:
            said.append(line)
        elif not said:
            notes.append((line.number, "no statement stands before this name: not taken"))
        elif not signature.name:
            notes.append((line.number, "no name stands in this line: its statement is not taken"))
            said = []
        else:
            notes += [(line.number, doubt) for doubt in signature.doubts]
            yield Entry(said[0].number, "\n\n".join(s.text for s in said), signature)
            said = []
    if said:
        notes.append((said[0].number, "no name follows this text: not taken"))


def _passed(line: Line) -> str:
    return f"passed over, since it reads as navigation: “{line.text[:60]}”"


def same_person(pages: Iterable[Page]) -> dict[str, list[tuple[Page, Entry]]]:
    """Each person's entries over all pages, by the person's id, in the order of first sight."""
    people: dict[str, list[tuple[Page, Entry]]] = {}
    for page in pages:
        for entry in page.entries:
            people.setdefault(entry.signature.id, []).append((page, entry))
    return people
