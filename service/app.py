"""The application: its parts, put together in one place."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles

from service import access, admin, api, batch, page, problems
from service.cors import CrossOrigin
from service.drain import Drain, leaving_at_once
from service.guard import Guard
from service.lanes import Lanes
from service.live import Live
from service.metrics import Metrics
from service.openapi import DESCRIPTION, described
from service.settings import Settings
from service.strings import Strings
from service.watch import Watch

STATIC = Path(__file__).parent / "static"


def create(settings: Settings | None = None) -> FastAPI:
    """An application that serves an index folder; settings come from the environment if not given.

    Raises NotBuilt, Damaged or TooNew where there is no version to serve.
    """
    # It quotes what it can't read, and what it can't read is a client's.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL + 1)
    settings = settings or Settings.model_validate({})
    with leaving_at_once():
        live = Live(settings.index)
    counted = Metrics()
    live.told = counted.reload
    lanes = Lanes(most=settings.in_flight, deadline=settings.deadline, metrics=counted)
    drain = Drain(lanes.close)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        follower = asyncio.create_task(live.follow())
        with drain.on_sigterm():
            yield
        follower.cancel()
        with suppress(asyncio.CancelledError):
            await follower

    app: FastAPI = FastAPIOffline(
        title="Therapist matcher",
        description=DESCRIPTION,
        version=version("therapist-matcher"),
        redoc_url=None,
        lifespan=lifespan,
        # Else errors go, message and all, to whatever collector the environment names.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        middleware=[
            Middleware(Watch, metrics=counted, drain=drain, live=live),
            Middleware(Guard),
            Middleware(CrossOrigin, origins=settings.cors),
        ],
    )
    app.state.live = live
    app.state.lanes = lanes
    app.state.drain = drain
    app.state.metrics = counted
    app.state.notice = settings.notice
    app.state.country = settings.country
    app.state.strings = Strings(settings.language)
    problems.install(app)
    access.install(app, settings)
    app.include_router(api.router)
    app.include_router(api.health)
    app.include_router(batch.router)
    app.include_router(admin.router)
    app.include_router(page.router)
    app.openapi = described(app)  # type: ignore[method-assign]
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app
