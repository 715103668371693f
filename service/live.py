"""The version being served: follows the index folder's CURRENT without a restart."""

import asyncio
import logging
from pathlib import Path

from index.errors import EngineError
from index.versions import Store
from matcher import Matcher

log = logging.getLogger("matcher")
EVERY = 0.5  # seconds between two looks at CURRENT; a version takes about as long to load
WARM_UP = "I lie awake and go over everything I said that day."


class Live:
    """Holds the matcher that answers; a new version is loaded beside it, then takes its place."""

    def __init__(self, folder: Path) -> None:
        """Open the live version. Raises NotBuilt, Damaged or TooNew."""
        self.store = Store(folder)
        self.matcher = _opened(folder, self.store.current())
        self._trouble = ""

    def refresh(self) -> None:
        """Move to the version that CURRENT names; keep the one at hand where it can't be opened."""
        try:
            wanted = self.store.current()
            if wanted != self.matcher.version.id:
                self.matcher = _opened(self.store.folder, wanted)
                log.warning("now serving version %s", wanted)
            self._trouble = ""
        except EngineError as error:
            self._still(str(error))
        except Exception as error:  # whatever it is, it must not end the following
            self._still(f"the new version can't be served ({type(error).__name__})")

    def _still(self, trouble: str) -> None:
        """Say once why the version at hand stays."""
        if trouble != self._trouble:
            log.error("still serving version %s: %s", self.matcher.version.id, trouble)
        self._trouble = trouble

    async def follow(self) -> None:
        """Look at CURRENT until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            await asyncio.to_thread(self.refresh)


def _opened(folder: Path, version: str) -> Matcher:
    matcher = Matcher.open(folder, version)
    matcher.match(WARM_UP)
    return matcher
