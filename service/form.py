"""What a client's form says: their words, what they chose, and the button they pressed.

All that the page remembers stands in the form itself, so nothing of it is kept anywhere else.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from starlette.datastructures import FormData

from matcher.asking import MOST

# Filters with one value out of a list, in the order of the page; `not_approaches` leaves out.
LISTS = (
    "insurance",
    "languages",
    "ages",
    "times",
    "gender",
    "identities",
    "approaches",
    "not_approaches",
)
SWITCHES = ("telehealth", "in_person", "accepting")
FIELDS = ("state", "zip", "miles", "max_fee", *LISTS, *SWITCHES)
MILES = "25"
# Lists that buttons add to and take from: therapists liked, set aside and put on the client's own
# list; topics that were misread; wishes that are to be forgotten.
SETS = ("like", "unlike", "kept", "misread", "forgotten")
LONGEST_SET = 20  # as many as a match takes
LONGEST_LIST = 200  # of the client's own
LONGEST_MEMBER = 100
ID = r"[A-Za-z0-9._-]{1,64}"
PAGE = 10
NOT = "!"  # before a value that is ruled out


class Mistake(Exception):
    """Something in a field is wrong; `name` and `values` are the string that says what."""

    def __init__(self, name: str, field: str = "text", **values: Any) -> None:
        super().__init__(name)
        self.name, self.field, self.values = name, field, values


@dataclass(frozen=True)
class Form:
    """A form as it was sent, after its button was pressed."""

    text: str = field(default="", repr=False)
    chosen: Mapping[str, str] = field(default_factory=dict, repr=False)
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    shown: int = PAGE
    asked: bool = True  # for matches; a choice made before anything is typed asks for counts alone

    @classmethod
    def read(cls, sent: FormData) -> "Form":
        """Take what a browser sent; what no form of ours holds is ignored."""
        given = [(name, _plain(value)) for name, value in sent.multi_items()]
        known = dict(given)
        shown = known.get("shown", "")
        form = cls(
            text=known.get("text", ""),
            chosen={name: known[name] for name in FIELDS if known.get(name)},
            sets={
                name: _distinct(value for n, value in given if n == name and _is_member(n, value))[
                    : _most(name)
                ]
                for name in SETS
            },
            shown=min(MOST, int(shown)) if re.fullmatch("[1-9][0-9]{1,2}", shown) else PAGE,
        )
        return form._pressed(known.get("do", ""), before=known.get("asked") == "yes")

    def __getitem__(self, name: str) -> tuple[str, ...]:
        """The members of a set."""
        return self.sets.get(name, ())

    @property
    def fields(self) -> list[tuple[str, str]]:
        """What hidden fields have to carry along."""
        return [(name, value) for name in SETS for value in self[name]]

    def _pressed(self, button: str, before: bool) -> "Form":
        """The form after a button, whose value is a verb, a name and a value.

        `before` tells that it came with an answer to the text.
        """
        verb, _, rest = button.partition(":")
        name, _, value = rest.partition(":")
        form = replace(self, asked=verb == "" or (before and self.text != ""))
        if verb == "more":
            return replace(form, shown=min(MOST, form.shown + PAGE))
        if verb == "clear":
            return replace(form, chosen={})
        if verb == "none" and name in SETS:
            return form._with(name, ())
        if verb == "set" and name in FIELDS and value:
            return replace(form, chosen={**form.chosen, name: value})
        if verb == "unset":
            gone = ("zip", "miles") if name == "near" else (name,)
            return replace(form, chosen={n: v for n, v in form.chosen.items() if n not in gone})
        if verb in ("add", "drop") and name in SETS and _is_member(name, value):
            others = {"like": "unlike", "unlike": "like"}
            if verb == "add" and name in others:
                form = form._without(others[name], value)
            form = form._without(name, value)
            return form._with(name, (*form[name], value)) if verb == "add" else form
        return form

    def _with(self, name: str, members: Sequence[str]) -> "Form":
        return replace(self, sets={**self.sets, name: tuple(members)[-_most(name) :]})

    def _without(self, name: str, member: str) -> "Form":
        return self._with(name, [other for other in self[name] if other != member])


def filters(chosen: Mapping[str, str], offered: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The filters that were chosen, as a match takes them. Raises Mistake.

    `offered` has the values stated for each filter; a value that is ruled out means all the others.
    """
    found: dict[str, Any] = {}
    for name in LISTS:
        if value := chosen.get(name, ""):
            stated = offered.get(name, ())
            ruled_out = value.startswith(NOT) and value not in stated
            others = [other for other in stated if other != value[1:]] if ruled_out else []
            found[name] = others or [value]  # where nobody states another, nobody is left
    found |= {name: True for name in SWITCHES if chosen.get(name) == "yes"}
    if chosen.get("state"):
        found["state"] = chosen["state"]
    if fee := chosen.get("max_fee"):
        found["max_fee"] = _number(fee, "mistake-fee", "max_fee")
        if not 0 <= found["max_fee"] <= 1e6:
            raise Mistake("mistake-fee-range", "max_fee")
    if code := chosen.get("zip"):
        miles = _number(chosen.get("miles", MILES), "mistake-miles", "miles")
        if not re.fullmatch("[0-9]{5}", code):
            raise Mistake("mistake-zip", "zip")
        if not 0 < miles <= 12_500:
            raise Mistake("mistake-miles", "miles")
        found["near"] = {"zip": code, "miles": miles}
    return found


def _number(text: str, mistake: str, field: str) -> float:
    try:
        if "_" not in text and isfinite(number := float(text.lstrip("$").replace(",", ""))):
            return number
    except ValueError:
        pass
    raise Mistake(mistake, field)


def _plain(value: Any) -> str:
    """A field's text; a file is none."""
    if not isinstance(value, str):
        return ""
    # Browsers send a line break as two characters and count it as one. Half a character can't be
    # written back into the page.
    text = value.replace("\r\n", "\n").encode("utf-8", "replace").decode("utf-8")
    return text.strip()


def _is_member(name: str, value: str) -> bool:
    if name in ("like", "unlike", "kept"):
        return bool(re.fullmatch(ID, value))
    return 0 < len(value) <= LONGEST_MEMBER


def _most(name: str) -> int:
    return LONGEST_LIST if name == "kept" else LONGEST_SET


def _distinct(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
