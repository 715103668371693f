"""Errors as RFC 9457 problem details that name the field and never repeat what was sent."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from index.errors import Away, BadInput, Damaged, Stale
from matcher.filters import field_name, said
from matcher.safety import Crisis
from service.lanes import Full, TurnedAway
from service.visits import current

FAILED = "the request failed here; nothing of it was kept"
AWAY = "what keeps the index can't be reached, or changes just now; nothing was kept: send it again"
SOON = 5  # seconds until then
TOLD, MOST = 5, 100  # errors that `detail` tells, and that `errors` has


def failed(error: Exception, found: Crisis | None = None) -> JSONResponse:
    """What is answered where something broke, with whom to call where a text spoke of danger."""
    if isinstance(error, Away | Damaged):  # or just replaced, which this server is to learn
        return problem(503, AWAY, headers={"Retry-After": str(SOON)}, crisis=found)
    return problem(500, FAILED, crisis=found)


def busy(turned: TurnedAway, found: Crisis | None = None) -> JSONResponse:
    """What is told at once where too much is under way, with whom to call as above."""
    why = "too many requests are in flight" if isinstance(turned, Full) else "it took too long"
    seconds = turned.retry_after
    detail = f"{why}: nothing was kept; send it again in {seconds} seconds"
    return problem(503, detail, headers={"Retry-After": str(seconds)}, crisis=found)


def problem(
    status: int,
    detail: str,
    errors: Sequence[dict[str, str]] = (),
    headers: Any = None,
    crisis: Crisis | None = None,
) -> JSONResponse:
    """A problem details answer; `errors` name each field and what is wrong with it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if visit := current.get():
        body["request"] = visit.id
    if errors:
        body["errors"] = list(errors)
    if crisis:
        body["crisis"] = crisis.body()
    kind = "application/problem+json"
    answer = JSONResponse(body, status, headers=headers, media_type=kind)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def install(app: FastAPI) -> None:
    """Answer every error a request can meet as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BadInput, _refused_input)
    app.add_exception_handler(Stale, _refused_input)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(TurnedAway, _busy)
    app.add_exception_handler(Away, _away)
    app.add_exception_handler(Damaged, _away)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"field": _field(e), "detail": _told(e)} for e in error.errors()[:MOST]]
    told = "; ".join(f"{e['field']}: {e['detail']}" for e in errors[:TOLD])
    return problem(422, told, errors)


def refused(wrong: Mapping[str, BadInput | Stale]) -> JSONResponse:
    """What is answered to what the matcher refuses; each key stands before the field's own name.

    409 where all that is wrong is that the directory has changed since, else 422.
    """
    errors = [
        {"field": f"{within}{error.field or 'body'}", "detail": str(error)}
        for within, error in wrong.items()
    ]
    told = "; ".join(f"{e['field']}: {e['detail']}" for e in errors[:TOLD])
    stale = all(isinstance(error, Stale) for error in wrong.values())
    return problem(409 if stale else 422, told, errors)


def _refused_input(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, (BadInput, Stale))
    return refused({"": error})


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    # FastAPI's own 400 is for bytes that are no text or no JSON that can be read.
    detail = "the body can't be read as JSON" if error.status_code == 400 else str(error.detail)
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = _allowed(request, headers["Allow"])
    return problem(error.status_code, detail, headers=headers)


def _allowed(request: Request, told: str) -> str:
    """The methods that a path takes: the framework tells those of its first route alone."""
    methods = set(told.split(", "))
    for template, operations in request.app.openapi()["paths"].items():
        if compile_path(template)[0].match(request.scope["path"]):
            methods.update(map(str.upper, operations))
    return ", ".join(sorted(methods))


def _busy(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TurnedAway)
    return busy(error)


def _away(request: Request, error: Exception) -> JSONResponse:
    return failed(error)


def _told(error: dict[str, Any]) -> str:
    if error["type"] == "json_invalid":
        return "is not JSON"
    if error["type"] == "model_attributes_type" and error["loc"] == ("body",):
        return "must be a JSON object, sent as application/json"
    return said(error["type"], error["msg"])


def _field(error: dict[str, Any]) -> str:
    parts = error["loc"][1:]  # the first says where it was sent: body or query
    if error["type"] == "json_invalid" or not parts:
        return "body"
    return field_name(parts)
