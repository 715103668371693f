"""Two lanes in which texts are answered, so that a short one never waits behind a long one."""

import asyncio
import math
import os
import random
import time
from collections.abc import Callable
from typing import TypeVar

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import ClientDisconnect

from service.metrics import Metrics
from service.visits import current

# Characters. Most texts have some 300 and take milliseconds; the longest allowed takes as long as
# ten of those.
LONG = 1000
MOST, DEADLINE = 64, 10.0  # as in the settings
AGAIN = (1, 4)  # seconds until it is worth asking again: from, to
# Who comes with a crowd waits a moment. Where no thread has been free for CROWD seconds more come
# than can be served, and waiting would only grow: then so many wait for each thread and no more.
CROWD, WAITING = 0.5, 4

T = TypeVar("T")


class TurnedAway(Exception):
    """A text that isn't answered now, and might be in `retry_after` seconds."""

    def __init__(self) -> None:
        super().__init__()
        # Who was turned away together must not come back together.
        self.retry_after = random.randint(*AGAIN)  # noqa: S311


class Full(TurnedAway):
    """As many are in flight, or in the text's lane, as may be."""


class Late(TurnedAway):
    """The deadline came before the answer."""


class Lane:
    """Threads that texts of a kind take in turns, and since when none has been free."""

    def __init__(self, threads: int) -> None:
        self.threads = CapacityLimiter(threads)
        self._free = time.monotonic()

    def look(self) -> int:
        """Note whether a thread is free; how many wait for one."""
        waiting = self.threads.statistics().tasks_waiting
        if not waiting and self.threads.available_tokens > 0:
            self._free = time.monotonic()
        return waiting

    def crowded(self) -> bool:
        """Whether more come than can be served, and as many wait as may then."""
        enough = self.look() >= WAITING * self.threads.total_tokens
        return enough and time.monotonic() - self._free > CROWD


class Lanes:
    """Bounds how many texts are answered at the same time in this process, and how many wait.

    More threads than cores only take turns: none of them is done sooner, and most are done later.
    Two at least, for a text that comes in while another one of a thousand characters is at work.
    Long texts have a lane of their own, in which they go one by one, so that however many there
    are, short ones find their threads free and share the cores with one.

    At most `most` are at work or waiting, and fewer in a lane whose crowd lasts (controlled delay:
    Nichols and Jacobson, 2012); a further one is told so at once. `deadline` is in seconds from a
    request's arrival.
    """

    def __init__(
        self,
        cores: int | None = None,
        most: int = MOST,
        deadline: float = DEADLINE,
        metrics: Metrics | None = None,
    ) -> None:
        self.short = Lane(max(2, cores or os.cpu_count() or 1))
        self.long = Lane(1)
        self.most, self.deadline = most, deadline
        self.in_flight = 0
        self._threads = CapacityLimiter(math.inf)  # the lanes bound them
        self._metrics = metrics or Metrics()
        self._timers: set[asyncio.Timeout] = set()

    def of(self, text: str) -> Lane:
        """The lane for a text."""
        return self.long if len(text) > LONG else self.short

    async def run(self, text: str, answer: Callable[[], T]) -> T:
        """Answer in a thread, once the text's lane is free.

        Raises Full, Late, or ClientDisconnect where the client has gone away. What waits then
        never begins; what has begun goes on and keeps its place until it ends.
        """
        lane = self.of(text)
        if self.in_flight >= self.most or lane.crowded():
            self._metrics.shed("full")
            raise Full
        turn = _Turn(lane)
        work = asyncio.create_task(self._work(turn, answer))
        self._count(1)
        work.add_done_callback(self._done)
        try:
            return await self._first(work)
        except TimeoutError:
            self._metrics.shed("deadline")
            raise Late from None
        except ClientDisconnect:
            self._metrics.shed("gone")
            raise
        finally:
            if not turn.begun:
                work.cancel()

    def close(self, within: float) -> None:
        """Let nothing take longer than so many seconds from now: the process is about to end."""
        self.deadline = min(self.deadline, within)
        until = time.monotonic() + within
        for timer in self._timers:
            timer.reschedule(min(until, timer.when() or until))

    async def _first(self, work: "asyncio.Task[T]") -> T:
        """The answer, unless the deadline comes first, or the client goes away."""
        visit = current.get()
        until = (visit.arrived if visit else time.monotonic()) + self.deadline
        gone = asyncio.create_task(_never() if visit is None else visit.gone())
        timer = asyncio.timeout_at(until)
        self._timers.add(timer)
        try:
            async with timer:
                await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._timers.discard(timer)
            gone.cancel()
        if not work.done():
            raise ClientDisconnect
        return work.result()

    async def _work(self, turn: "_Turn", answer: Callable[[], T]) -> T:
        came = time.monotonic()
        try:
            async with turn.lane.threads:
                turn.begun = True
                begun = time.monotonic()
                self._metrics.stage("waiting", begun - came)
                if visit := current.get():
                    visit.waited += begun - came
                try:
                    return await run_sync(answer, limiter=self._threads)
                finally:
                    self._metrics.stage("answering", time.monotonic() - begun)
        finally:
            turn.lane.look()

    def _done(self, work: "asyncio.Task[T]") -> None:
        self._count(-1)
        if not work.cancelled():
            work.exception()  # looked at, or asyncio would tell it to the log, message and all

    def _count(self, change: int) -> None:
        self.in_flight += change
        self._metrics.in_flight(self.in_flight)


class _Turn:
    def __init__(self, lane: Lane) -> None:
        self.lane, self.begun = lane, False


async def _never() -> None:
    await asyncio.Event().wait()
