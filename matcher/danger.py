"""The patterns of `danger.toml`: which kinds of danger the words of a text speak of."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise

from matcher.files import DATA

BLANK = " ~ "  # no word, so that nothing is read across what was blanked
DROPPED = str.maketrans({"'": None, '"': None, "“": None, "”": None, "*": None, "-": " "})
UNSEEN = ("Mn", "Cf")  # accents, and signs such as soft hyphens
MARKS = re.compile(r"\\.|\[[^\]]*\]|[()|]")  # where a pattern has groups and alternatives


def kinds(plain: str) -> frozenset[str]:
    """The kinds of danger that a casefolded text with straight quotes and single spaces names."""
    if not plain.isascii():  # clients write or leave out accents as they like, and apostrophes too
        split = unicodedata.normalize("NFKD", plain)
        # Nor do signs that nobody sees, which come along with what is pasted.
        plain = "".join(c for c in split if unicodedata.category(c) not in UNSEEN)
    quiet, raised = _compiled()
    text = quiet.sub(BLANK, " ".join(plain.translate(DROPPED).split()))
    return frozenset(kind for kind, pattern in raised.items() if pattern.search(text))


@cache
def _compiled() -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    """What is blanked, and for each kind what raises it."""
    rules = tomllib.loads((DATA / "danger.toml").read_text("utf-8"))
    words = {
        name: f"(?:{'|'.join(said)})" if isinstance(said, list) else said
        for name, said in rules.pop("words").items()
    }
    quiet = _joined(rules.pop("quiet")["patterns"], words)
    return quiet, {k: _joined((*r["raised"], *r["spanish"]), words) for k, r in rules.items()}


def _joined(patterns: Iterable[str], words: Mapping[str, str]) -> re.Pattern[str]:
    """One pattern for any of several, from one edge of a word to another."""
    whole = re.sub(r"\n *", "", "|".join(patterns))
    while (named := re.sub(r"\{([a-z_]+)\}", lambda name: words[name[1]], whole)) != whole:
        whole = named
    tails = (f"{letter}(?:{'|'.join(said)})" for letter, said in _by_letter(whole).items())
    return re.compile(rf"\b(?:{'|'.join(tails)})\b")


def _by_letter(pattern: str) -> dict[str, list[str]]:
    """Alternatives by their first letter, without it, "" being none: six times as fast to try."""
    tails: dict[str, list[str]] = {}
    left = [pattern[start + 1 : end] for start, end in pairwise([-1, *_outer(pattern + "|", "|")])]
    while left:
        one = left.pop(0)
        end = next(_outer(one, ")"), 0) + 1
        group, rest = one[3 : end - 1], one[end:]
        if re.match(r"[a-z](?![?*{])", one):
            tails.setdefault(one[0], []).append(one[1:])
        elif one.startswith("(?:") and rest[:1] not in ("*", "{"):
            left += [rest[1:]] if rest[:1] == "?" else []
            for letter, said in _by_letter(group).items():
                tails.setdefault(letter, []).append(f"(?:{'|'.join(said)}){rest.lstrip('?')}")
        else:
            tails.setdefault("", []).append(one)
    return tails


def _outer(pattern: str, sign: str) -> Iterator[int]:
    """Where a sign stands outside of all groups, or closes one that does."""
    depth = 0
    for mark in MARKS.finditer(pattern):
        depth += (mark[0] == "(") - (mark[0] == ")")
        if not depth and mark[0] == sign:
            yield mark.start()
