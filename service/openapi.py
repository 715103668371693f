"""The API's description: which errors each route can answer, and what a therapist's record is.

Every status that is a problem stands in `TOLD`, with its meaning and what to do about it; a route
names those that it can answer by `problems`, and `EVERYWHERE` has those that any route can.
"""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI

from matcher.files import read_data
from service.answers import Problem
from service.examples import EXAMPLES

TOLD = {
    400: "The body can't be read: send UTF-8 JSON.",
    401: "No key, or none that is known here: send one as `Authorization: Bearer`.",
    403: "A key that may match and no more: this needs one with the scope `admin`.",
    404: "Nobody and nothing has this name here.",
    408: "The body took too long to come: send it again.",
    409: "The directory has changed since this `next_page` was given: leave `page` out to begin "
    "again.",
    412: "The record has changed since it was read with this `ETag`: read it again.",
    413: "The body is larger than is taken here: send less at once.",
    422: "A field is wrong: `errors` names each, and says what it has to be. Correct it; sent "
    "again as it is, it is refused again.",
    429: "Asked more often than the rate allows: try again after `Retry-After` seconds. `crisis` "
    "is told as with 500.",
    500: "Something broke here, and was written to the log without what was sent. `crisis` tells "
    "whom to call where the text speaks of danger.",
    503: "Too much is under way, it took too long, the keys can't be read just now, or this server "
    "is about to end: try again after `Retry-After` seconds. `crisis` is told as with 500.",
    507: "The index folder is full or read-only, and what was live still is: make room.",
}
DETAIL = {
    400: "the body can't be read as JSON",
    401: "a key is needed: send it as `Authorization: Bearer`; `matcher keys add` makes one",
    403: "this key may match and no more: the scope admin is needed",
    404: "no therapist has this id",
    408: "the body took too long to come: send it again",
    409: "the directory has changed since this page was offered: ask without `page` for the first "
    "one",
    412: "the record has changed since: read it again",
    413: "the body is larger than 256 KiB",
    422: "filters.shoe_size: is not known here",
    429: "more requests than the rate allows: try again in 7 s",
    500: "the request failed here; nothing of it was kept",
    503: "too many requests are in flight: nothing was kept; send it again in 2 seconds",
    507: "the index folder can't be written to (No space left on device): what was live still is",
}
# Headers that come with a problem.
AGAIN = {"Retry-After": {"description": "in seconds", "schema": {"type": "integer"}}}
ASKED = {"WWW-Authenticate": {"description": "what is asked for", "schema": {"type": "string"}}}
HEADERS = {401: ASKED, 403: ASKED, 429: AGAIN, 503: AGAIN}
EVERYWHERE = (500,)
DESCRIPTION = """\
From a client's own words to the therapists whose statements answer them.

- **What a client writes is never kept**: it travels in the body of a POST, answers to it are not
  to be stored (`Cache-Control: no-store`), and no error repeats it.
- **`crisis` comes first**: where it is not null, show whom to call above everything else.
- **Errors** are problem details (RFC 9457), as `application/problem+json`: `status`, `title` and
  `detail`, and `errors`, which names each wrong field. A path that isn't here is a 404, another
  method a 405 with `Allow`.
"""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What a route's `responses` says of the problems that it can answer."""
    return {status: told(status) for status in statuses}


def told(status: int, meaning: str = "", detail: str = "") -> dict[str, Any]:
    """What `responses` says of one problem; with a meaning and a detail of its own, if given.

    A 422's detail is the field's name, a colon, and what is wrong with it.
    """
    detail = detail or DETAIL[status]
    shown = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if status == 422:
        field, _, wrong = detail.partition(": ")
        shown["errors"] = [{"field": field, "detail": wrong}]
    schema = {"$ref": "#/components/schemas/Problem"}
    return ({"headers": HEADERS[status]} if status in HEADERS else {}) | {
        "description": meaning or TOLD[status],
        "content": {"application/problem+json": {"schema": schema, "example": shown}},
    }


def described(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """The OpenAPI description, with the errors that are sent in place of FastAPI's own."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _with_problems(original())
        return app.openapi_schema

    return openapi


def _with_problems(original: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(original).replace('"x-ref":', '"$ref":'))
    schemas = document["components"]["schemas"]
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem, "Therapist": _therapist()}
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for name, example in EXAMPLES.items():  # here, as FastAPI leaves out what is null
        schemas[name]["examples"] = [example]
    for path in document["paths"].values():
        for operation in path.values():
            if operation.get("security") == [{"key": []}]:
                operation["security"].append({})  # while there are no keys, none is needed
            answers = operation["responses"]
            if "application/json" in answers.get("422", {}).get("content", {}):
                del answers["422"]  # a path that is a string can't be wrong
            answers |= {str(status): told(status) for status in EVERYWHERE}
    return document


def _therapist() -> dict[str, Any]:
    """A directory's record, as its own schema has it."""
    schema: dict[str, Any] = read_data("directory.schema.json")
    rebased = json.dumps(schema).replace('"#/$defs/', '"#/components/schemas/Therapist/$defs/')
    found: dict[str, Any] = json.loads(rebased)
    del found["$schema"]
    found["description"] = "The whole record as the directory gave it; a missing field means not "
    found["description"] += "stated. Fields that are not named here are kept and shown."
    return found
