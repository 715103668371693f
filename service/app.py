"""The application: its parts, put together in one place."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from service import admin, api, page, problems
from service.guard import Guard
from service.lanes import Lanes
from service.live import Live
from service.schemas import Problem
from service.settings import Settings
from service.strings import Strings

STATIC = Path(__file__).parent / "static"


def create(settings: Settings | None = None) -> FastAPI:
    """An application that serves an index folder; settings come from the environment if not given.

    Raises NotBuilt, Damaged or TooNew where there is no version to serve.
    """
    # It quotes what it can't read, and what it can't read is a client's.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL + 1)
    settings = settings or Settings.model_validate({})
    live = Live(settings.index)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        follower = asyncio.create_task(live.follow())
        yield
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower

    app: FastAPI = FastAPIOffline(
        title="Therapist matcher",
        description="From a client's own words to the therapists whose statements answer them.",
        version=version("therapist-matcher"),
        redoc_url=None,
        lifespan=lifespan,
        # Else errors go, message and all, to whatever collector the environment names.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        middleware=[Middleware(Guard)],
    )
    app.state.live = live
    app.state.lanes = Lanes()
    app.state.notice = settings.notice
    app.state.country = settings.country
    app.state.strings = Strings(settings.language)
    problems.install(app)
    app.include_router(api.router)
    app.include_router(admin.router)
    app.include_router(page.router)
    app.openapi = described(app)  # type: ignore[method-assign]
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The OpenAPI description, with the errors that are sent in place of FastAPI's own."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        document = original()
        schemas = document["components"]["schemas"]
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs") | {"Problem": problem}
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for path in document["paths"].values():
            for operation in path.values():
                told = operation["responses"].get("422", {}).get("content", {})
                if "application/json" in told:  # a path that is a string can't be wrong
                    del operation["responses"]["422"]
        return document

    return openapi
