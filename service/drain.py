"""The end of a server: what is under way is finished, and whoever comes later goes elsewhere."""

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import uvicorn

# Seconds from SIGTERM on. First answers close their connections and /readyz says 503, while
# requests still come in. Then nobody is let in any more; those who came last have LAST to say what
# they want. What is under way has an answer after ANSWERED at the latest, and who doesn't read it
# is cut off CUT after that began to be waited for: all in all less than ten.
NOTICE, LAST, ANSWERED, CUT = 1.0, 0.5, 6.0, 6


class Drain:
    """`begun` is true from SIGTERM on."""

    def __init__(self, close: Callable[[float], None]) -> None:
        """`close` is told within how many seconds everything has to be answered."""
        self.begun = False
        self._close = close
        self._ending: asyncio.Task[None] | None = None

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """Give notice first when SIGTERM comes, and then have uvicorn end as it does."""
        server = _server()
        if server is None:
            yield
            return
        loop = asyncio.get_running_loop()
        begin = partial(loop.call_soon_threadsafe, self._begin, server)
        before = signal.signal(signal.SIGTERM, lambda *_: begin())
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)

    def _begin(self, server: uvicorn.Server) -> None:
        if self.begun:  # a supervisor may tell every process, and each worker is told by its parent
            return
        self.begun = True
        self._close(ANSWERED)
        self._ending = asyncio.create_task(_end(server))


@contextmanager
def leaving_at_once() -> Iterator[None]:
    """End there and then when SIGTERM comes, or came: who still loads has nobody to answer.

    Else it would hold the socket open, on which others then wait in vain.
    """
    server = _server()
    if server is None:
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if server.should_exit:
        os._exit(0)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _server() -> uvicorn.Server | None:
    """The server that SIGTERM tells; None in a test, or where this is part of something else."""
    if threading.current_thread() is not threading.main_thread():
        return None
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return server if isinstance(server, uvicorn.Server) else None


async def _end(server: uvicorn.Server) -> None:
    await asyncio.sleep(NOTICE)
    await _let_in_the_last(server)
    await asyncio.sleep(LAST)
    server.handle_exit(signal.SIGTERM, None)


async def _let_in_the_last(server: uvicorn.Server) -> None:
    """Close the doors behind those who stand in them: the system has taken their connections, and
    would reset them together with the socket.
    """
    loop, config = asyncio.get_running_loop(), server.config
    doors = [bound.dup() for listening in server.servers for bound in listening.sockets]
    for listening in server.servers:
        listening.close()
    came = []
    for door in doors:
        try:
            while True:
                came.append(door.accept()[0])
        except OSError:  # nobody is left, or no more may be open
            door.close()
    for connection in came:
        await loop.connect_accepted_socket(
            lambda: config.http_protocol_class(  # type: ignore[call-arg]
                config=config,
                server_state=server.server_state,
                app_state=server.lifespan.state,
            ),
            connection,
        )
