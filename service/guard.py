"""Bounds bodies in size and time, sets security headers, and keeps errors from talking."""

import asyncio
import logging
import time
from contextlib import suppress
from typing import NoReturn

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.logs import place
from service.problems import failed
from service.visits import current, route_of

log = logging.getLogger("matcher")
KIB = 1024  # bytes
LARGEST_BODY = 256 * KIB  # 4,000 characters, however escaped, and all filters fit
LARGER = {("POST", "/v1/match/batch"): 2048 * KIB, ("PUT", "/v1/therapists"): 32 * 1024 * KIB}
# A body has this many seconds, and one more for each so many bytes of it that came.
PATIENCE, PACE = 10.0, 16 * KIB
LINGER = 2.0  # seconds in which the rest of a refused body is thrown away, so that it is heard
STRICT = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Swagger UI starts itself with a script inside its page and draws with inline styles.
FOR_DOCS = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class Guard:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(scope, receive)
        begun = False

        async def secured(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _secure(MutableHeaders(scope=message), scope["path"])
                if body.refused:
                    MutableHeaders(scope=message)["Connection"] = "close"
            if body.refused and message["type"] == "http.response.body":
                await send({**message, "more_body": True})
                await body.linger()
                message = {"type": "http.response.body"}
            await send(message)

        try:
            await self.app(scope, body.receive, secured)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:
            # An exception's message may hold what a client wrote: its kind and place say enough.
            log.error("%s %s failed: %s", scope["method"], route_of(scope), place(error))
            if not begun:
                await failed(error)(scope, receive, secured)


class _Body:
    """A request's body, refused where it is too large or too slow."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.largest = LARGER.get((scope["method"], scope["path"]), LARGEST_BODY)
        length = Headers(scope=scope).get("Content-Length", "0")
        self.declared = int(length) if length.isdecimal() else 0
        self.taken = 0
        self.whole = self.refused = False
        self._begun = time.monotonic()
        self._receive = receive

    async def receive(self) -> Message:
        """The next piece. Raises HTTPException 413 or 408."""
        if self.whole:
            return await self._receive()
        if self.declared > self.largest:
            self._refuse(413, f"the body is larger than {_told(self.largest)}")
        try:
            async with asyncio.timeout_at(self._begun + PATIENCE + self.taken / PACE):
                message = await self._receive()
        except TimeoutError:
            self._refuse(408, "the body took too long to come: send it again")
        self.taken += len(message.get("body", b""))
        if not message.get("more_body", False):
            self.whole = True
            if visit := current.get():
                visit.arrived = time.monotonic()
        if self.taken > self.largest:
            self._refuse(413, f"the body is larger than {_told(self.largest)}")
        return message

    async def linger(self) -> None:
        """Read on for a moment: closed at once, a connection takes an unread answer with it."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LINGER):
                while not self.whole:
                    self.whole = not (await self._receive()).get("more_body", False)

    def _refuse(self, status: int, detail: str) -> NoReturn:
        self.refused = True
        raise HTTPException(status, detail)


def _told(size: int) -> str:
    return f"{size >> 20} MiB" if size >> 20 else f"{size >> 10} KiB"


def _secure(headers: MutableHeaders, path: str) -> None:
    headers["Content-Security-Policy"] = FOR_DOCS if path == "/docs" else STRICT
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
