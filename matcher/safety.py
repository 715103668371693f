"""Safety: whether a text speaks of danger to oneself or from others, and whom to call.

Two stages. Patterns over the words themselves keep working whatever the encoder does; an alarm on
the text's vectors (`matcher.alarm`) hears what is said in other words. Neither is a diagnosis, a
triage or a promise: `docs/safety.md` says how much both miss.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from typing import Any

from matcher.danger import kinds
from matcher.files import read_data
from matcher.language import language

APOSTROPHES = str.maketrans(dict.fromkeys("’‘´`ʼ′＇", "'"))
# The most pressing first.
KINDS = ("overdose", "suicide", "self-harm", "child", "violence")
COUNTRY = "US"  # where a directory is, unless it says otherwise


@dataclass(frozen=True)
class Resource:
    """Someone to turn to now: what to call, what to text, where to read."""

    name: str
    call: str | None
    text: str | None
    url: str


@dataclass(frozen=True)
class Crisis:
    """The kinds of danger a text speaks of, the most pressing first, and resources for them all."""

    kinds: tuple[str, ...]
    resources: tuple[Resource, ...]

    @property
    def kind(self) -> str:
        """The most pressing one."""
        return self.kinds[0]

    def body(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {"kind": self.kind, "resources": [asdict(r) for r in self.resources]}


@dataclass(frozen=True)
class Helplines:
    """Whom to turn to in a country, by kind of danger, and elsewhere, by country.

    `emergency` is whom to call at once and `talk` whom at any hour, `spanish` are those who answer
    in Spanish, `checked` is when the numbers were last looked up.
    """

    kinds: Mapping[str, tuple[Resource, ...]]
    emergency: Resource
    talk: Resource
    spanish: tuple[Resource, ...]
    elsewhere: Mapping[str, tuple[Resource, ...]]
    checked: date


@cache
def helplines(country: str = COUNTRY) -> Helplines:
    """What crisis.json has for a country. Raises ValueError, which names those it knows."""
    known = read_data("crisis.json")
    countries = known["countries"]
    if country not in countries:
        raise ValueError(
            f"no crisis lines for {country!r}: there are some for {', '.join(countries)}"
        )

    def named(where: str, names: Sequence[str]) -> tuple[Resource, ...]:
        return tuple(Resource(**countries[where]["resources"][name]) for name in names)

    here = countries[country]
    return Helplines(
        kinds={kind: named(country, here["kinds"][kind]) for kind in KINDS},
        emergency=named(country, here["kinds"]["overdose"])[0],
        talk=named(country, here["kinds"]["suicide"])[0],
        spanish=named(country, here.get("spanish", ())),
        elsewhere={
            other: named(other, countries[other]["kinds"]["suicide"])
            for other in countries
            if other != country
        },
        checked=date.fromisoformat(known["checked"]),
    )


def crisis(text: str, heard: Iterable[str] = (), *, country: str = COUNTRY) -> Crisis | None:
    """What danger a text speaks of, or None; `heard` are the kinds that the alarm heard."""
    plain = " ".join(text.casefold().translate(APOSTROPHES).split())
    spoken_of = kinds(plain).union(heard)
    found = [kind for kind in KINDS if kind in spoken_of]
    if not found:
        return None
    known = helplines(country)
    first = known.spanish if language(text) == "es" else ()
    listed = (*first, *(resource for kind in found for resource in known.kinds[kind]))
    return Crisis(tuple(found), tuple(dict.fromkeys(listed)))
