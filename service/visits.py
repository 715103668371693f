"""A request while it is here: its id, when it came, and how long it waited for its turn."""

import re
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.types import Receive, Scope

HEADER = "X-Request-ID"
OTHER = "other"  # a path or method that is none of ours may be anything, and is not repeated
# What an id from outside may be: it goes into the log and back, so it must not break a line.
SAFE = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass
class Visit:
    """Made when a request begins; `arrived`, in seconds of the monotonic clock, is when it was here
    as a whole.
    """

    id: str
    receive: Receive = field(repr=False)
    arrived: float = field(default_factory=time.monotonic)
    waited: float = 0.0  # seconds

    async def gone(self) -> None:
        """Return when nobody is left to answer. Only to be awaited after the body was read."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


current: ContextVar[Visit | None] = ContextVar("current", default=None)


def request_id(given: str | None) -> str:
    """The id that came with a request, or a new one where there is none or it isn't safe."""
    return given if given and SAFE.fullmatch(given) else uuid4().hex


def route_of(scope: Scope) -> str:
    """The template of the route that a request took, never its path."""
    return str(getattr(scope.get("route"), "path", OTHER))
