"""Heavy work in a process of its own, so that it takes nothing from those who are matched.

The process ends with its work and gives all its memory back. It dies where the request that waits
for it is cancelled, which a server that is stopped does; killed at any instant it leaves the live
version as it was.
"""

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError
from typing import ParamSpec, TypeVar

from anyio import run_process

from index.errors import EngineError

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
    try:
        done = await run_process(command, input=asked, stderr=None, cwd=ROOT)
        answer = pickle.loads(done.stdout)  # noqa: S301 - what we sent ourselves
    except (CalledProcessError, ExceptionGroup):  # it ended, or it did before it was told all
        raise CutShort("the work was cut short, and what was live still is: try again") from None
    if isinstance(answer, EngineError):
        raise answer
    return answer  # type: ignore[no-any-return]


def answer() -> None:
    """Do the work that standard input tells, and tell standard output what came of it."""
    os.nice(COURTESY)
    work, args, named = pickle.load(sys.stdin.buffer)  # noqa: S301 - what we were sent by ourselves
    try:
        outcome = work(*args, **named)
    except EngineError as error:
        outcome = error
    except Exception as error:  # its message may hold what a record says
        from service.problems import place  # with FastAPI, which takes a second to import

        outcome = Unforeseen(place(error))
    sys.stdout.buffer.write(pickle.dumps(outcome))
