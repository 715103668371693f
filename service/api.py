"""The routes of the HTTP API."""

import logging
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import ClientDisconnect

from index.errors import Away, BadInput, Stale
from matcher import Matcher
from matcher.asking import Asked
from matcher.practised import approach_counts, practised
from matcher.safety import crisis
from service.access import KEYED, LIMITED, limited, matching
from service.answers import (
    ApproachBody,
    Approaches,
    ApproachPage,
    CountsAnswer,
    EncoderBody,
    MatchAnswer,
    SimilarAnswer,
    SimilarBody,
    State,
    Therapist,
    VersionAnswer,
    VersionCounts,
)
from service.lanes import Lanes, TurnedAway
from service.live import Live
from service.logs import place
from service.metrics import Metrics
from service.openapi import problems
from service.problems import AWAY, busy, failed
from service.requests import CountsRequest, MatchRequest
from service.tags import tagged

UNCHANGED = {"description": "What `If-None-Match` names is still so; there is no body"}
NO_THERAPIST = "no therapist has this id"
log = logging.getLogger("matcher")
router = APIRouter(dependencies=[Depends(matching)], responses=KEYED)
health = APIRouter()  # needs no key of itself


def matcher_of(request: Request) -> Matcher:
    """The matcher that answers now; a request keeps the one it began with."""
    live: Live = request.app.state.live
    return live.matcher


def lanes_of(request: Request) -> Lanes:
    """Where a text waits for its turn."""
    lanes: Lanes = request.app.state.lanes
    return lanes


def metrics_of(request: Request) -> Metrics:
    """What is counted and timed."""
    metrics: Metrics = request.app.state.metrics
    return metrics


def asked(body: MatchRequest) -> Asked:
    """What a body asks of the matcher. Raises BadInput."""
    return Asked.of(
        body.text,
        body.filters,
        body.limit,
        body.min_score,
        like=body.like,
        unlike=body.unlike,
        misread=body.misread,
        page=body.page,
    )


@router.post(
    "/v1/match",
    response_model=MatchAnswer,
    responses=problems(400, 408, 409, 413, 422, 503) | LIMITED,
    dependencies=[Depends(limited)],
    summary="The therapists whose statements answer a client's words",
)
async def match(
    body: MatchRequest, request: Request, response: Response
) -> dict[str, Any] | JSONResponse:
    """A POST, so that what a client wrote never stands in a URL. Nothing of it is kept."""
    response.headers["Cache-Control"] = "no-store"
    matcher, lanes, metrics = matcher_of(request), lanes_of(request), metrics_of(request)
    wanted, country = asked(body), request.app.state.country
    try:
        result = await lanes.run(body.text, partial(matcher.answer, wanted, country))
        metrics.answered(result)
        return result.body()
    except (BadInput, Stale, ClientDisconnect):
        raise
    except Exception as error:
        # Whom to call is told whatever broke: the patterns need no encoder.
        found = crisis(body.text, country=country)
        metrics.notice(found)
        if isinstance(error, TurnedAway):
            return busy(error, found)
        log.error("POST /v1/match failed: %s", place(error))
        return failed(error, found)


@router.post(
    "/v1/counts",
    response_model=CountsAnswer,
    response_model_exclude_unset=True,
    responses=problems(400, 408, 413, 422, 503) | LIMITED,
    dependencies=[Depends(limited)],
    summary="How many therapists would remain for each further choice",
)
async def counts(body: CountsRequest, request: Request, response: Response) -> dict[str, Any]:
    """A POST, and never stored, since what somebody filters by tells something about them."""
    response.headers["Cache-Control"] = "no-store"
    matcher, lanes = matcher_of(request), lanes_of(request)
    # It keeps a core busy for about as long as a short text does.
    return (await lanes.run("", partial(matcher.counts, body.filters))).body()


@router.get(
    "/v1/therapists/{id}",
    response_model=Therapist,
    responses=problems(404) | {304: UNCHANGED},
    summary="One therapist: the directory record, statements in file order",
)
def therapist(id: str, request: Request) -> Response:  # noqa: A002
    """The whole record as the directory gave it, with an `ETag` for `If-None-Match`."""
    found = matcher_of(request).therapist(id)
    if found is None:
        raise HTTPException(404, NO_THERAPIST)
    return tagged(request, dict(found.record))


@router.get(
    "/v1/therapists/{id}/similar",
    response_model=SimilarAnswer,
    responses=problems(404, 422, 503) | LIMITED,
    dependencies=[Depends(limited)],
    summary="The therapists whose statements are nearest to this one's",
)
async def similar(
    id: str,  # noqa: A002
    request: Request,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> SimilarAnswer:
    """Best first, ties by id; never the therapist asked about."""
    matcher, lanes = matcher_of(request), lanes_of(request)
    # In a lane, as a search takes its share of the cores like any other.
    found = await lanes.run(id, partial(matcher.similar, id, limit))
    if found is None:
        raise HTTPException(404, NO_THERAPIST)
    return SimilarAnswer(
        matches=[SimilarBody(therapist=dict(s.therapist.record), score=s.score) for s in found],
        version=matcher.version_told,
    )


@router.get("/v1/approaches", response_model=Approaches, summary="The approaches of this directory")
def approaches(request: Request) -> Approaches:
    """Only approaches that somebody practises."""
    counted = approach_counts(matcher_of(request).contents)
    return Approaches(
        approaches=[
            ApproachBody(approach=t.slug, name=t.name, description=t.description, therapists=n)
            for t, n in counted
        ]
    )


@router.get(
    "/v1/approaches/{approach:path}",
    response_model=ApproachPage,
    responses=problems(404) | {304: UNCHANGED},
    summary="An approach and its therapists",
)
def approach(approach: str, request: Request) -> Response:
    """By slug, name or synonym; with an `ETag` for `If-None-Match`."""
    found = practised(matcher_of(request).contents, approach)
    if found is None:
        raise HTTPException(404, "nobody in this directory practises an approach of this name")
    topic = found.topic
    page = ApproachPage(
        approach=topic.slug,
        name=topic.name,
        description=topic.description,
        therapists=[dict(therapist.record) for therapist in found.therapists],
    )
    return tagged(request, page.model_dump())


@router.get("/v1/version", response_model=VersionAnswer, summary="The version that answers now")
def version(request: Request) -> VersionAnswer:
    """Which it is, since when, what it was made of and by which encoder."""
    live: Live = request.app.state.live
    matcher = live.matcher
    own = matcher.version
    entries = live.store.history.entries()
    return VersionAnswer(
        version=own.id,
        changes=matcher.contents.changed,
        published=next((e.published for e in reversed(entries) if e.version == own.id), None),
        format=own.manifest["format"],
        encoder=EncoderBody.model_validate(own.manifest["encoder"]),
        counts=VersionCounts.model_validate(own.manifest["counts"]),
    )


@health.head("/healthz", include_in_schema=False)
@health.get("/healthz", response_model=State, summary="The process is up")
async def healthz() -> State:
    """Says nothing about the index."""
    return State(status="up")


@health.head("/readyz", include_in_schema=False)
@health.get("/readyz", response_model=State, responses=problems(503), summary="A version is live")
async def readyz(request: Request) -> State:
    """Which version answers now; 503 once this server was told to end, or can't reach the index."""
    if request.app.state.drain.begun:
        raise HTTPException(503, "this server is about to end", {"Retry-After": "10"})
    if request.app.state.live.away:
        raise Away(AWAY)
    return State(status="ready", version=matcher_of(request).version.id)


@health.get(
    "/metrics",
    dependencies=[Depends(matching)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}, **KEYED},
    summary="Figures for Prometheus",
)
def metrics(request: Request) -> Response:
    """Of all workers of this server."""
    figures = metrics_of(request).text(request.app.state.live)
    return Response(figures, media_type=CONTENT_TYPE_LATEST)
