"""The end of a server: what is under way is finished, and whoever comes later is sent elsewhere."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# Seconds. While answers close their connections and /readyz says 503, requests still come in; then
# nobody is let in any more, and what is under way has its time. All in all less than ten.
NOTICE = 1.0
FINISH = 5.0
CUT = 7  # after NOTICE: for those who don't read their answer


class Drain:
    """`begun` is true from SIGTERM on."""

    def __init__(self, close: Callable[[float], None]) -> None:
        """`close` is told within how many seconds everything has to be answered."""
        self.begun = False
        self._close = close

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """Give notice first when SIGTERM comes, then do what the server would have done."""
        end = signal.getsignal(signal.SIGTERM)
        if not callable(end) or threading.current_thread() is not threading.main_thread():
            yield  # no server of ours: a test, or an application that this one is a part of
            return
        loop = asyncio.get_running_loop()
        begin = self._begin

        def told(number: int, frame: object) -> None:
            loop.call_soon_threadsafe(begin, lambda: end(number, None))

        signal.signal(signal.SIGTERM, told)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, end)

    def _begin(self, end: Callable[[], object]) -> None:
        if self.begun:  # a supervisor may tell every process, and each worker is told by its parent
            return
        self.begun = True
        self._close(NOTICE + FINISH)
        asyncio.get_running_loop().call_later(NOTICE, end)
