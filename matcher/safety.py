"""Safety: careful patterns for danger to oneself or from others, and whom to call.

A first net of patterns over the words themselves, so that it works whatever the encoder does. It
reads English, misses what is only hinted at, and is no diagnosis, no triage and no promise.
"""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from matcher.danger import PATTERNS
from matcher.files import read_data

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
    return read_data("crisis.json")


def crisis(text: str) -> Crisis | None:
    """What danger a text speaks of, or None."""
    plain = " ".join(text.casefold().translate(APOSTROPHES).split())
    kinds = [k for k, patterns in PATTERNS.items() if any(p.search(plain) for p in patterns)]
    if not kinds:
        return None
    known = resources()
    names = dict.fromkeys(name for kind in kinds for name in known["kinds"][kind])
    return Crisis(kinds[0], tuple(Resource(**known["resources"][name]) for name in names))
