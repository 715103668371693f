"""A connection, which ends where a request's head is slow to come or can't be read.

No layer of the application sees such a request, so this can be done nowhere else.
"""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.problems import problem

HEAD = 10.0  # seconds from the first byte of a request, or from connecting, to the end of its head


class Connection(H11Protocol):
    """As uvicorn has it; what is sent byte by byte, or never, doesn't keep it open."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait no longer once the head is there; for the next one from its first byte on."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """A problem like any other error, and the end: what follows can't be told apart."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):  # else an answer is under way
            self._refuse()
        self.transport.close()

    def _refuse(self) -> None:
        answer = problem(400, "this is no HTTP request that can be read")
        answer.headers["Connection"] = "close"
        head = h11.Response(status_code=400, headers=answer.raw_headers, reason=b"Bad Request")
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD, self._late)

    def _stop(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _late(self) -> None:
        # Not a word: many only hold a connection ready, and read an answer as that to their next.
        self._waiting = None
        self.transport.close()
