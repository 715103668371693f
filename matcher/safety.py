"""Safety: careful patterns for danger to oneself or from others, and whom to call.

A first net of patterns over the words themselves, so that it works whatever the encoder does. It
reads English and basic Spanish, misses what is only hinted at, and is no diagnosis, no triage and
no promise.
"""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from matcher.danger import kinds, ranked
from matcher.files import read_data

# Whom to call for a kind that crisis.json has no list of.
SAME_LIST = {"overdose": "suicide", "child": "violence"}
APOSTROPHES = str.maketrans(dict.fromkeys("’‘´`ʼ′＇", "'"))


@dataclass(frozen=True)
class Resource:
    """Someone to turn to now: what to call, what to text, where to read."""

    name: str
    call: str | None
    text: str | None
    url: str


@dataclass(frozen=True)
class Crisis:
    """The most pressing kind of danger a text speaks of, and the resources for all it speaks of."""

    kind: str
    resources: tuple[Resource, ...]

    def body(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        return {"kind": self.kind, "resources": [asdict(r) for r in self.resources]}


@cache
def resources() -> Any:
    """The content of crisis.json; read when a matcher opens, so that it is there when needed."""
    ranked()  # the patterns too, which take half a second to compile
    return read_data("crisis.json")


def crisis(text: str) -> Crisis | None:
    """What danger a text speaks of, or None."""
    plain = " ".join(text.casefold().translate(APOSTROPHES).split())
    spoken_of = kinds(plain)
    found = [kind for kind in ranked() if kind in spoken_of]
    if not found:
        return None
    known = resources()
    listed = [known["kinds"].get(kind) or known["kinds"][SAME_LIST[kind]] for kind in found]
    names = dict.fromkeys(name for names in listed for name in names)
    return Crisis(found[0], tuple(Resource(**known["resources"][name]) for name in names))
