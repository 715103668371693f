"""The choices a page offers, each with how many therapists it would leave."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matcher.narrowing import Choice, Narrowing
from service.form import LISTS, MILES, NOT, SWITCHES
from service.strings import Strings


@dataclass(frozen=True)
class Option:
    """A choice: what the form sends, and what it is called."""

    value: str
    name: str


@dataclass(frozen=True)
class Select:
    """A list of choices with the one that is made, "" for none."""

    field: str
    name: str
    options: tuple[Option, ...]
    chosen: str


def selects(
    narrowing: Narrowing,
    chosen: Mapping[str, str],
    strings: Strings,
    name_of: Callable[[str], str],
) -> dict[str, Select]:
    """The lists to choose from, by field; lists that nobody in the directory fills are left out."""
    found = {
        "state": _select("state", narrowing.choices["state"], chosen, strings),
        "max_fee": _select("max_fee", narrowing.choices["max_fee"], chosen, strings, "choice-fee"),
    }
    for field in LISTS:
        offered = narrowing.choices.get(field, ())
        if field == "not_approaches":  # how many each leaves is not counted
            slugs = {str(choice.value) for choice in narrowing.choices["approaches"]}
            slugs |= {chosen[field]} if chosen.get(field) else set()
            options = [Option(slug, name_of(slug)) for slug in slugs]
            options.sort(key=lambda option: option.name.casefold())
            found[field] = Select(
                field, strings(f"filter-{field}"), tuple(options), chosen.get(field, "")
            )
        else:
            called = name_of if field == "approaches" else str
            found[field] = _select(field, offered, chosen, strings, called=called)
    if near := narrowing.choices.get("near"):
        found["miles"] = _select("miles", near, {"miles": MILES, **chosen}, strings, "choice-miles")
    return {field: select for field, select in found.items() if select.options}


def switches(narrowing: Narrowing, strings: Strings) -> dict[str, str]:
    """The names of what is chosen by a tick, by field, each with how many it would leave."""
    return {
        field: strings("choice", name=strings(f"filter-{field}"), count=choice.therapists)
        for field in SWITCHES
        for choice in narrowing.choices[field]
        if choice.value is True
    }


def _select(
    field: str,
    offered: Sequence[Choice],
    chosen: Mapping[str, str],
    strings: Strings,
    said: str = "choice",
    called: Callable[[str], str] = str,
) -> Select:
    options = []
    for choice in offered:
        value, count = str(choice.value), choice.therapists
        options.append(Option(value, strings(said, name=called(value), value=value, count=count)))
    mine = chosen.get(field, "")
    if mine and mine not in {option.value for option in options}:
        options.append(Option(mine, _own(field, mine, strings, called)))
    return Select(field, strings(f"filter-{field}"), tuple(options), mine)


def _own(field: str, value: str, strings: Strings, called: Callable[[str], str]) -> str:
    """What a choice is called that isn't offered, such as one that rules out."""
    if field == "max_fee":
        return strings("choice-fee-own", value=value)
    if field == "miles":
        return strings("choice-miles-plain", value=value)
    if value.startswith(NOT):
        return strings("choice-not", name=called(value[1:]))
    return value
