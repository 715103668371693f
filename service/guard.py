"""The outermost layer: bounds bodies, sets security headers, and keeps errors from talking."""

import logging

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import failed, place

log = logging.getLogger("matcher")
LARGEST_BODY = 256 * 1024  # bytes; 4,000 characters, however escaped, and all filters fit
LARGEST_PUT = 32 * 1024 * 1024  # bytes; some thousands of records
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
        begun = False
        taken = 0
        putting = (scope["method"], scope["path"]) == ("PUT", "/v1/therapists")
        largest = LARGEST_PUT if putting else LARGEST_BODY

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > largest:
                raise HTTPException(413, f"the body is larger than {largest // 1024} KiB")
            return message

        async def secured(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                _secure(MutableHeaders(scope=message), scope["path"])
            await send(message)

        try:
            await self.app(scope, bounded, secured)
        except ClientDisconnect:
            return  # nobody is left to answer
        except Exception as error:
            # An exception's message may hold what a client wrote: its kind and place say enough.
            route = getattr(scope.get("route"), "path", "?")
            log.error("%s %s failed: %s", scope["method"], route, place(error))
            if not begun:
                await failed()(scope, receive, secured)


def _secure(headers: MutableHeaders, path: str) -> None:
    headers["Content-Security-Policy"] = FOR_DOCS if path == "/docs" else STRICT
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
