"""Two lanes in which texts are answered, so that a short one never waits behind a long one."""

import os
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

# Characters. Most texts have some 300 and take milliseconds; the longest allowed takes as long as
# ten of those.
LONG = 1000

T = TypeVar("T")


class Lanes:
    """Bounds how many texts are answered at the same time in this process.

    More threads than cores only take turns: none of them is done sooner, and most are done later.
    Two at least, for a text that comes in while another one of a thousand characters is at work.
    Long texts have a lane of their own, in which they go one by one, so that however many there
    are, short ones find their threads free and share the cores with one.
    """

    def __init__(self, cores: int | None = None) -> None:
        self.short = CapacityLimiter(max(2, cores or os.cpu_count() or 1))
        self.long = CapacityLimiter(1)

    def of(self, text: str) -> CapacityLimiter:
        """The lane for a text."""
        return self.long if len(text) > LONG else self.short

    async def run(self, text: str, answer: Callable[[], T]) -> T:
        """Answer in a thread, once the text's lane is free."""
        return await run_sync(answer, limiter=self.of(text))
