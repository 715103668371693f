"""The version being served: follows what is live in the index without a restart."""

import asyncio
import logging
import random
import threading
import time
from collections.abc import Callable

from index.errors import Away, EngineError
from index.versions import Store
from index.where import Where
from matcher import Matcher
from matcher.changes import LOG, Changes

log = logging.getLogger("matcher")
EVERY = 0.5  # seconds between two looks at what is live; a version takes about as long to load
TIDY = 30.0  # seconds between two looks at what is left to delete
AGAIN = 10.0  # seconds until a version that could not be opened is tried again
WARM_UP = "I lie awake and go over everything I said that day."


class Live:
    """Holds the matcher that answers; a new version is loaded beside it, then takes its place."""

    def __init__(self, index: Where) -> None:
        """Open the live version. Raises NotBuilt, Damaged, TooNew or Away."""
        self.store = Store(index)
        self.away = False  # whether the index could not be reached when last looked at
        self._looking = threading.Lock()
        self._changed = self._stamp()
        self.matcher = _warm(Matcher.open(index))
        self.told: Callable[[str], None] = lambda outcome: None  # "done" or "refused"
        self._tried = ("", 0.0)
        self._tidied = time.monotonic()
        self._trouble = self.matcher.trouble
        if self._trouble:
            log.error("%s", self._trouble)

    def refresh(self) -> None:
        """Move to the version that is live; keep the one at hand where it can't be opened."""
        with self._looking:  # who changes something has it looked at there and then
            self._refresh()

    def _refresh(self) -> None:
        try:
            wanted = self.store.current()
            if wanted != self.matcher.version.id and self._due(wanted):
                self._take_out()
                where = self.store.engine.where
                self.matcher = _warm(Matcher.open(where, wanted, beside=self.matcher))
                self.told("done")
                log.warning("now serving version %s", wanted)
            stamp = self._stamp()
            if stamp != self._changed:
                changes = Changes.read(self.store.engine.where)
                self.matcher = _warm(self.matcher.with_changes(changes))
                self._changed = stamp
            if wanted == self.matcher.version.id:
                self._trouble = ""
            self.away = False
            if time.monotonic() > self._tidied + TIDY:
                self._tidied = time.monotonic()
                self.store.engine.tidy()
        except EngineError as error:
            # What is live, and who has left meanwhile, is not known then.
            self.away = isinstance(error, Away)
            self._still(str(error))
        except Exception as error:  # whatever it is, it must not end the following
            self._still(f"the new version can't be served ({type(error).__name__})")

    def _take_out(self) -> None:
        """Have whoever left out of the version at hand, however long another takes to open; what
        else was changed may belong to that one.
        """
        before, now = self.matcher.changes, Changes.read(self.store.engine.where)
        removed = {**before.removed, **now.removed}
        if removed != before.removed:
            self.matcher = self.matcher.with_changes(Changes(before.fields, removed))

    def _due(self, wanted: str) -> bool:
        """Whether to try this version: at once, and then again every few seconds."""
        now = time.monotonic()
        if wanted == self._tried[0] and now < self._tried[1] + AGAIN:
            return False
        self._tried = (wanted, now)
        return True

    def _still(self, trouble: str) -> None:
        """Say once why the version at hand stays."""
        if trouble != self._trouble:
            self.told("refused")
            log.error("still serving version %s: %s", self.matcher.version.id, trouble)
        self._trouble = trouble

    async def follow(self) -> None:
        """Look at what is live until cancelled."""
        # Workers begin at the same moment: at different ones from here on, they load in turn.
        await asyncio.sleep(random.uniform(0, EVERY))  # noqa: S311
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(self.refresh)

    def _stamp(self) -> object:
        """What changes when something is added to the changes."""
        return self.store.engine.stamp(LOG)


def _warm(matcher: Matcher) -> Matcher:
    """Make ready what the first to ask would wait for."""
    matcher.match(WARM_UP)
    matcher.counts()
    matcher.therapist("")
    return matcher
