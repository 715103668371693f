"""Lets pages of other origins call the API, and nothing else of this service."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send


class CrossOrigin:
    """Starlette's CORSMiddleware over /v1 alone; without origins there is nothing of it."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.opened = CORSMiddleware(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),  # what changes a directory has no place in a page
            allow_headers=("Authorization", "Content-Type", "If-None-Match"),
            expose_headers=("ETag", "Retry-After", "X-Request-ID"),
        )
        self.origins = origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] == "http" and scope["path"].startswith("/v1/")
        await (self.opened if self.origins and ours else self.app)(scope, receive, send)
