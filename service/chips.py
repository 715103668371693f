"""What was understood, as chips that a client can take away or tap."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.understanding import Understood
from matcher.wishes import Wish
from service.form import NOT, Form
from service.strings import Strings


@dataclass(frozen=True)
class Chip:
    """A chip's name, and the values of the buttons that do something about it.

    `count` is how many therapists tapping it would leave; None where it narrows nothing.
    """

    name: str
    off: str
    on: str = ""
    pressed: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Chips:
    """What the text speaks of, what it wishes, and what the client took away."""

    topics: Sequence[Chip]
    wishes: Sequence[Chip]
    removed: Sequence[Chip]


def chips(
    told: Understood,
    form: Form,
    strings: Strings,
    name_of: Callable[[str], str],
    left: Callable[[Mapping[str, str]], int],
) -> Chips:
    """The chips for what was understood of a form's text.

    `name_of` gives a topic's name by its slug; `left` counts the therapists that choices leave.
    """
    slugs = [slug for slug, _ in (*told.issues, *told.approaches)]
    topics = [Chip(name_of(slug), f"add:misread:{slug}") for slug in slugs]
    removed = [Chip(name_of(slug), f"drop:misread:{slug}") for slug in form["misread"]]
    wishes = {}
    for wish in told.wishes:
        key = _key(wish)
        name = _said(wish, strings, name_of)
        if key in form["forgotten"]:
            removed.append(Chip(name, f"drop:forgotten:{key}"))
            continue
        field, value = choice(wish)
        pressed = form.chosen.get(field) == value
        count = left({**form.chosen, field: value})
        toggle = f"unset:{field}" if pressed else f"set:{field}:{value}"
        wishes[key] = Chip(name, f"add:forgotten:{key}", toggle, pressed, count)
    return Chips(topics, list(wishes.values()), removed)


def choice(wish: Wish) -> tuple[str, str]:
    """The field of the form that grants a wish, and its value."""
    if wish.filter == "telehealth":
        return ("in_person" if wish.exclude else "telehealth"), "yes"
    if wish.filter == "accepting":
        return "accepting", "yes"
    if wish.filter == "near":
        return "zip", wish.value
    if wish.filter == "approaches" and wish.exclude:
        return "not_approaches", wish.value
    return wish.filter, (NOT if wish.exclude else "") + wish.value


def _key(wish: Wish) -> str:
    return f"{wish.filter}={NOT if wish.exclude else ''}{wish.value}"


def _said(wish: Wish, strings: Strings, name_of: Callable[[str], str]) -> str:
    value: Any = name_of(wish.value) if wish.filter == "approaches" else wish.value
    said = strings(f"wish-{wish.filter}", value=value, exclude="yes" if wish.exclude else "no")
    return said[:1].upper() + said[1:]
