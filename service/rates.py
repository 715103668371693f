"""How often a caller may ask: moving windows in the memory of this process."""

import math
import time
from collections import OrderedDict, deque

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

CALLERS = 10_000
REQUESTS = 1_000_000  # remembered over all callers, some 32 bytes each


class Windows(MemoryStorage):
    """Moving windows of a bounded number of callers and requests; who asked last is kept.

    The library's own never forgets a caller, and walks over all of them every 10 ms.
    """

    STORAGE_SCHEME = ["bounded-memory"]  # noqa: RUF012

    def __init__(self, callers: int = CALLERS, requests: int = REQUESTS) -> None:
        super().__init__()
        self.callers, self.requests = callers, requests
        self.windows: OrderedDict[str, deque[float]] = OrderedDict()
        self.remembered = 0

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count requests of a caller, unless they would be too many. For one thread alone."""
        now = time.monotonic()
        window = self.windows.setdefault(key, deque())
        self.windows.move_to_end(key)
        while window and window[0] <= now - expiry:
            window.popleft()
            self.remembered -= 1
        if len(window) + amount > limit:
            return False
        window.extend([now] * amount)
        self.remembered += amount
        self._forget()
        return True

    def free(self, key: str, limit: int, expiry: int, amount: int) -> float:
        """Seconds until there is room in a caller's window for so many requests."""
        window = self.windows[key]
        return window[len(window) + amount - limit - 1] + expiry - time.monotonic()

    def _forget(self) -> None:
        while len(self.windows) > self.callers or self.remembered > self.requests:
            self.remembered -= len(self.windows.popitem(last=False)[1])


class Rates:
    """One rate for every caller, such as "60/minute"."""

    def __init__(self, rate: str) -> None:
        self._rate = parse(rate)
        self._windows = Windows()
        self._limiter = MovingWindowRateLimiter(self._windows)

    def wait(self, caller: str, cost: int = 1) -> int:
        """Whole seconds until the caller may ask again; 0 counts this request.

        It counts as `cost` many, and as no more than there may be at all.
        """
        cost = min(cost, self._rate.amount)
        if self._limiter.hit(self._rate, caller, cost=cost):
            return 0
        key, expiry = self._rate.key_for(caller), self._rate.get_expiry()
        return max(1, math.ceil(self._windows.free(key, self._rate.amount, expiry, cost)))
