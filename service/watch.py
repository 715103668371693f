"""The outermost layer: gives each request an id, and tells the metrics and the log how it went."""

import logging
import time

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.drain import Drain
from service.live import Live
from service.metrics import Metrics
from service.visits import HEADER, OTHER, Visit, current, request_id, route_of

log = logging.getLogger("matcher.requests")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
GONE = 499  # the status of what nobody was left to hear


class Watch:
    """Wraps the whole application."""

    def __init__(self, app: ASGIApp, metrics: Metrics, drain: Drain, live: Live) -> None:
        self.app, self.metrics, self.drain, self.live = app, metrics, drain, live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = Visit(request_id(Headers(scope=scope).get(HEADER)), receive)
        status = GONE

        async def told(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[HEADER] = visit.id
                if self.drain.begun:
                    headers["Connection"] = "close"
            await send(message)

        token = current.set(visit)
        try:
            await self.app(scope, receive, told)
        finally:
            self._note(scope, visit, status)
            current.reset(token)

    def _note(self, scope: Scope, visit: Visit, status: int) -> None:
        seconds = time.monotonic() - visit.arrived
        route = route_of(scope)
        method = scope["method"] if scope["method"] in METHODS else OTHER
        self.metrics.request(route, method, status, seconds)
        log.info(
            "%s %s %d",
            method,
            route,
            status,
            extra={
                "method": method,
                "route": route,
                "status": status,
                "ms": round(1000 * seconds, 1),
                "waiting_ms": round(1000 * visit.waited, 1),
                "version": self.live.matcher.version.id,
            },
        )
