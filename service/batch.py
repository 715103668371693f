"""Several texts in one request, answered one after the other."""

import logging
from functools import partial

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from index.errors import BadInput, Stale
from matcher import Matcher
from matcher.asking import Asked
from matcher.safety import crisis
from service.access import KEYED, LIMITED, limited, matching
from service.answers import BatchAnswer
from service.api import asked, lanes_of, matcher_of, metrics_of
from service.lanes import TurnedAway
from service.logs import place
from service.metrics import Metrics
from service.openapi import problems
from service.problems import busy, failed, refused
from service.requests import BatchRequest

log = logging.getLogger("matcher")
router = APIRouter(dependencies=[Depends(matching)], responses=KEYED)


@router.post(
    "/v1/match/batch",
    response_model=BatchAnswer,
    responses=problems(400, 408, 409, 413, 422, 503) | LIMITED,
    dependencies=[Depends(limited)],
    summary="The same for up to 64 texts, each answered for itself",
)
async def batch(body: BatchRequest, request: Request) -> Response:
    """One of its texts is at work at a time, and waits its turn as a single one would.

    A wrong request refuses them all before anything is done, and is named (`requests.3.text`).
    Where a text fails or is turned away, its answer is the problem, and the others are answered.
    """
    matcher, lanes, metrics = matcher_of(request), lanes_of(request), metrics_of(request)
    country = request.app.state.country
    wanted: list[Asked] = []
    wrong: dict[str, BadInput | Stale] = {}
    for number, sent in enumerate(body.requests):
        try:
            wanted.append(asked(sent))
            matcher.start(wanted[-1])
        except (BadInput, Stale) as error:
            wrong[f"requests.{number}."] = error
    if wrong:
        return refused(wrong)
    answers = []
    for one in wanted:
        if await request.is_disconnected():
            raise ClientDisconnect
        work = partial(_answered, matcher, one, country, metrics)
        try:
            answers.append(await lanes.run(one.text, work))
        except TurnedAway as turned:
            found = crisis(one.text, country=country)
            metrics.notice(found)
            answers.append(bytes(busy(turned, found).body))
    whole = b'{"answers":[' + b",".join(answers) + b"]}"
    return Response(whole, media_type="application/json", headers={"Cache-Control": "no-store"})


def _answered(matcher: Matcher, one: Asked, country: str, metrics: Metrics) -> bytes:
    """One answer as JSON, written here in the thread: 64 of them would hold up everybody else."""
    try:
        result = matcher.answer(one, country)
        metrics.answered(result)
        return bytes(JSONResponse(result.body()).body)
    except Exception as error:
        log.error("POST /v1/match/batch failed for a text: %s", place(error))
        found = crisis(one.text, country=country)
        metrics.notice(found)
        return bytes(failed(error, found).body)
