"""The routes of the HTTP API."""

import logging
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse

from index.errors import BadInput
from matcher import Matcher
from matcher.practised import approach_counts, practised
from matcher.safety import crisis
from service.lanes import Lanes
from service.live import Live
from service.problems import failed, place
from service.schemas import (
    ApproachBody,
    Approaches,
    ApproachPage,
    CountsAnswer,
    CountsRequest,
    EncoderBody,
    MatchAnswer,
    MatchRequest,
    SimilarAnswer,
    SimilarBody,
    State,
    VersionAnswer,
    VersionCounts,
)
from service.tags import tagged

PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}
PROBLEM = {
    "description": "Problem details (RFC 9457)",
    "content": {"application/problem+json": {"schema": PROBLEM_SCHEMA}},
}
UNCHANGED = {"description": "What `If-None-Match` names is still so; there is no body"}
NO_THERAPIST = "no therapist has this id"
log = logging.getLogger("matcher")
router = APIRouter()


def matcher_of(request: Request) -> Matcher:
    """The matcher that answers now; a request keeps the one it began with."""
    live: Live = request.app.state.live
    return live.matcher


def lanes_of(request: Request) -> Lanes:
    """Where a text waits for its turn."""
    lanes: Lanes = request.app.state.lanes
    return lanes


@router.post(
    "/v1/match",
    response_model=MatchAnswer,
    responses={400: PROBLEM, 413: PROBLEM, 422: PROBLEM, 500: PROBLEM},
    summary="The therapists whose statements answer a client's words",
)
async def match(
    body: MatchRequest, request: Request, response: Response
) -> dict[str, Any] | JSONResponse:
    """A POST, so that what a client wrote never stands in a URL. Nothing of it is kept."""
    response.headers["Cache-Control"] = "no-store"
    matcher, lanes = matcher_of(request), lanes_of(request)
    country = request.app.state.country
    wanted = partial(
        matcher.match,
        body.text,
        body.filters,
        body.limit,
        body.min_score,
        like=body.like,
        unlike=body.unlike,
        misread=body.misread,
        country=country,
    )
    try:
        return (await lanes.run(body.text, wanted)).body()
    except BadInput:
        raise
    except Exception as error:
        # Whom to call is told whatever broke: the patterns need no encoder.
        log.error("POST /v1/match failed: %s", place(error))
        return failed(crisis(body.text, country=country))


@router.post(
    "/v1/counts",
    response_model=CountsAnswer,
    response_model_exclude_unset=True,
    responses={400: PROBLEM, 413: PROBLEM, 422: PROBLEM, 500: PROBLEM},
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
    response_model=dict[str, Any],
    responses={304: UNCHANGED, 404: PROBLEM},
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
    responses={404: PROBLEM, 422: PROBLEM},
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
    responses={304: UNCHANGED, 404: PROBLEM},
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


@router.head("/healthz", include_in_schema=False)
@router.get("/healthz", response_model=State, summary="The process is up")
async def healthz() -> State:
    """Says nothing about the index."""
    return State(status="up")


@router.head("/readyz", include_in_schema=False)
@router.get("/readyz", response_model=State, summary="A version is live")
async def readyz(request: Request) -> State:
    """Which version answers now."""
    return State(status="ready", version=matcher_of(request).version.id)
