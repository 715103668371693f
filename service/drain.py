"""The end of a server: what is under way is finished, and whoever comes later goes elsewhere."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

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
        before = signal.getsignal(signal.SIGTERM)
        server = getattr(before, "__self__", None)
        main = threading.current_thread() is threading.main_thread()
        if not main or not isinstance(server, uvicorn.Server):
            yield  # a test, or an application that this one is a part of
            return
        loop = asyncio.get_running_loop()
        signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(self._begin, server))
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
