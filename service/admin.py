"""The routes that change the directory, for holders of an admin key."""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, ParamSpec, TypeVar

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Header, Path, Request, Response
from fastapi.responses import JSONResponse

from index.errors import Away, BadInput, Busy, EngineError, Unwritable
from matcher.merging import BadRecord
from matcher.putting import edit
from matcher.records import Therapist, tag
from matcher.removal import finish, leave, set_fields
from matcher.standing import NoTherapist, Outdated
from service.access import admin
from service.admin_schemas import DELETED, EDITED, PUT, PutAnswer
from service.apart import CutShort, Unforeseen, apart
from service.bodies import put_body, read_object
from service.live import Live
from service.problems import FAILED, failed, problem
from service.tags import etag, tags

log = logging.getLogger("matcher")
router = APIRouter(dependencies=[Depends(admin)])
WAIT = 5  # seconds until who met another change at work had better try again
PATIENCE = 10.0  # seconds that a change waits here for others to be done
PAUSE = 0.3  # seconds between its tries: where nothing stands in its way it takes some 1.3 s
AGAIN = 60.0  # seconds until a version that could not be made without those who left is tried again

T = TypeVar("T")
P = ParamSpec("P")

Id = Annotated[str, Path(description="the therapist's id", examples=["t-0001"])]
IfMatch = Annotated[
    str | None,
    Header(
        description="the `ETag` of the record as it was read: where it has changed since, the "
        "answer is 412 and nothing is changed",
    ),
]


@router.put(
    "/v1/therapists",
    response_model=PutAnswer,
    summary="Add or replace therapists",
    **PUT,
)
async def put(request: Request) -> Any:
    """All of them or none, in one new version; records that are live already make none.

    Who is new is added, and a known id's whole record replaced, with all that was set of it
    before; nobody is removed. Only texts that changed are encoded. The answer comes when the new
    version is live, and the server that gives it serves it; others follow within two seconds.
    """
    live = _live(request)
    try:
        done = await _made(put_body, live.store.engine.where, await request.body())
    except EngineError as error:
        return _refusal(error)
    await run_sync(live.refresh)
    return PutAnswer.of(done)


@router.patch(
    "/v1/therapists/{id}",
    response_model=None,
    summary="Change fields of a therapist",
    **EDITED,
)
async def patch(id: Id, request: Request, if_match: IfMatch = None) -> Any:  # noqa: A002
    """A JSON merge (RFC 7396): fields given take the place of the record's own, null takes away.

    Every field but `statements` needs no new version: it is live within a second, over every
    version, and carried into the next build unless its record is `updated` later. Changed
    `statements` are encoded into a new version, as by `PUT`; then the other fields given go live
    with them and not before. The answer is the record as it now stands, with its `ETag`.
    """
    live, wanted = _live(request), tags(if_match)
    where = live.store.engine.where
    try:
        fields = read_object(await request.body())
        if "statements" in fields:
            therapist = await _made(edit, where, id, fields, wanted)
        else:
            therapist = await run_sync(partial(set_fields, where, id, fields, wanted))
    except EngineError as error:
        return _refusal(error)
    await run_sync(live.refresh)
    return _record(therapist)


@router.delete("/v1/therapists/{id}", status_code=204, summary="Remove a therapist", **DELETED)
async def delete(id: Id, request: Request, if_match: IfMatch = None) -> Response:  # noqa: A002
    """Out of every answer within a second.

    The version without them is made after that, and all others that hold them are deleted. They
    stay out of later builds, unless their record is `updated` later, or put again.
    """
    live = _live(request)
    try:
        await run_sync(partial(leave, live.store.engine.where, id, tags(if_match)))
    except EngineError as error:
        return _refusal(error)
    await run_sync(live.refresh)
    _finish_soon(request.app.state)
    return Response(status_code=204)


async def _made(work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """What work that makes a version gives, once no other is at it. Raises Busy, and as `apart`."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return await apart(work, *args, **named)
        except Busy:
            if time.monotonic() > until:
                raise
        await asyncio.sleep(PAUSE)


def _live(request: Request) -> Live:
    live: Live = request.app.state.live
    return live


def _record(therapist: Therapist) -> JSONResponse:
    headers = {"ETag": etag(tag(therapist.record)), "Cache-Control": "no-cache"}
    return JSONResponse(dict(therapist.record), headers=headers)


def _finish_soon(state: Any) -> None:
    """Have the version made without those who left, unless this process is at it."""
    task: asyncio.Task[None] | None = getattr(state, "finishing", None)
    if task is None or task.done():
        state.finishing = asyncio.create_task(_finish(state.live))


async def _finish(live: Live) -> None:
    """Until nobody who left is in the version that is served: others may leave meanwhile."""
    while not live.matcher.contents.present.all():
        pause: float = WAIT
        try:
            await apart(finish, live.store.engine.where)
            await run_sync(live.refresh)
        except Busy:
            pass
        except EngineError as error:
            log.error("a version without those who left could not be made yet: %s", error)
            pause = AGAIN
        if not live.matcher.contents.present.all():
            await asyncio.sleep(pause)


def _refusal(error: EngineError) -> JSONResponse:
    """What is answered to a change that could not be made."""
    told = str(error)
    match error:
        case NoTherapist():
            return problem(404, told)
        case Outdated():
            return problem(412, told)
        case BadRecord():
            return problem(422, told, [{"field": f, "detail": w} for f, w in error.wrong])
        case BadInput():  # the only therapist there is
            return problem(409, told)
        case Busy():
            told = "another change or a build is at work in the index: try again"
            return problem(503, told, headers={"Retry-After": str(WAIT)})
        case Away():
            return failed(error)
        case CutShort():
            return problem(503, told, headers={"Retry-After": str(WAIT)})
        case Unwritable():
            return problem(507, told)
    log.error("a change could not be made: %s", error)
    if isinstance(error, Unforeseen):
        return problem(500, FAILED)
    return problem(503, "the live version can't be taken over: the server's log says why")
