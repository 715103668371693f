"""Heavy work in a process of its own, so that it takes nothing from those who are matched.

The process ends with its work and gives all its memory back. It ends as well when the request that
waits for it is cancelled, which a server that is stopped does, and when the server itself is gone:
its standard input then ends. Ended at any instant it leaves the live version as it was.
"""

import asyncio
import gc
import os
import pickle
import sys
import threading
from asyncio.subprocess import PIPE
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ParamSpec, TypeVar

from index.errors import EngineError
from service.logs import place

ROOT = Path(__file__).resolve().parent.parent
COURTESY = 10  # how far matching goes before this work where both want a core

T = TypeVar("T")
P = ParamSpec("P")


class CutShort(EngineError):
    """The process ended before its work was done: try again."""


class Unforeseen(EngineError):
    """The work met an error that nobody foresaw; says its kind and place alone."""


async def apart(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What a function of the project gives, or raises, in a process of its own.

    Raises CutShort where the process is killed, and Unforeseen for what is no EngineError.
    """
    # Not by -m: what that defines is of `__main__`, and means nothing to who is answered.
    command = [sys.executable, "-c", "from service.apart import answer; answer()"]
    asked = pickle.dumps((work, args, named))
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        # Not communicate(), which would close what tells the process that we are still here.
        process.stdin.write(asked)
        await process.stdin.drain()
        answer = pickle.loads(await process.stdout.read())  # noqa: S301 - what we sent ourselves
    except (ConnectionError, EOFError, pickle.UnpicklingError):  # it ended before it had told all
        raise CutShort("the work was cut short, and what was live still is: try again") from None
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.kill()
        raise
    finally:
        process.stdin.close()
        await asyncio.shield(process.wait())
    if isinstance(answer, EngineError):
        raise answer
    return answer  # type: ignore[no-any-return]


def answer() -> None:
    """Do the work that standard input tells, and tell standard output what came of it."""
    os.nice(COURTESY)
    gc.disable()  # this process ends before it would be worth looking for what can be freed
    work, args, named = pickle.load(sys.stdin.buffer)  # noqa: S301 - what we were sent by ourselves
    threading.Thread(target=_end_with_who_asked, daemon=True).start()
    try:
        outcome = work(*args, **named)
    except EngineError as error:
        outcome = error
    except Exception as error:  # its message may hold what a record says
        outcome = Unforeseen(place(error))
    sys.stdout.buffer.write(pickle.dumps(outcome))


def _end_with_who_asked() -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing more is sent: this ends when the other end is closed
    os._exit(1)
