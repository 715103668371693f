"""Errors as RFC 9457 problem details that name the field and never repeat what was sent."""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from index.errors import BadInput

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
# Pydantic's own words for these would puzzle a caller.
SAID = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "json_invalid": "the body is not JSON",
    "string_unicode": "is not valid Unicode: send UTF-8",
    "model_attributes_type": "must be a JSON object, sent as application/json",
    "dict_type": "must be a JSON object, sent as application/json",
}


def problem(
    status: int, detail: str, errors: Sequence[dict[str, str]] = (), headers: Any = None
) -> JSONResponse:
    """A problem details answer; `errors` name each field and what is wrong with it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    kind = "application/problem+json"
    answer = JSONResponse(body, status, headers=headers, media_type=kind)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def install(app: FastAPI) -> None:
    """Answer every error a request can meet as a problem."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(BadInput, _bad_input)
    app.add_exception_handler(HTTPException, _refused)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [{"field": _field(e), "detail": _said(e)} for e in error.errors()]
    told = "; ".join(f"{e['field']}: {e['detail']}" for e in errors[:5])
    return problem(422, told, errors)


def _bad_input(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BadInput)
    return problem(422, str(error), [{"field": error.field or "body", "detail": str(error)}])


def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    return problem(error.status_code, str(error.detail), headers=error.headers)


def _field(error: dict[str, Any]) -> str:
    parts = [part for part in error["loc"] if part != "body"]
    if error["type"] == "json_invalid" or not parts:
        return "body"
    return ".".join(_name(part) for part in parts)


def _name(part: object) -> str:
    """A field's name as sent, unless it is no name: then somebody's words may stand in it."""
    return str(part) if isinstance(part, int) or NAME.fullmatch(str(part)) else "(unnamed)"


def _said(error: dict[str, Any]) -> str:
    return SAID.get(error["type"], str(error["msg"]))
