"""The bodies of the routes that change the directory, and what else they answer."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field

from matcher.files import read_data
from matcher.putting import MOST, Put
from service.answers import FieldError

RECORD_EXAMPLE = {
    "id": "t-0001",
    "name": "Greta Holm",
    "state": "WA",
    "accepting": True,
    "updated": "2026-10-30",
    "statements": [{"about": "grief", "text": "After a death the nights are the worst."}],
}


class PutAnswer(BaseModel):
    """What putting did."""

    version: str = Field(description="the live version", examples=["0f1e2d3c4b5a6978"])
    added: int = Field(description="therapists who are new", examples=[1])
    changed: int = Field(description="therapists whose record was replaced", examples=[2])
    unchanged: int = Field(description="therapists who were live just so", examples=[0])
    encoded: int = Field(description="texts that had to be encoded", examples=[7])
    warnings: list[FieldError] = Field(
        description="what was taken and may be a mistake, such as a field that nothing searches",
        examples=[[]],
    )

    @classmethod
    def of(cls, done: Put) -> "PutAnswer":
        """The answer to what was done."""
        return cls(
            version=done.version,
            added=done.added,
            changed=done.changed,
            unchanged=done.unchanged,
            encoded=done.encoded,
            warnings=[FieldError(field=field, detail=what) for field, what in done.warnings],
        )


def _inlined(schema: Any, definitions: Mapping[str, Any]) -> Any:
    """A schema with its definitions in place, as it has to stand within another document."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return definitions[schema["$ref"].rpartition("/")[2]]
    left_out = ("$schema", "$defs", "title")
    return {n: _inlined(part, definitions) for n, part in schema.items() if n not in left_out}


def _record_schema() -> dict[str, Any]:
    published = read_data("directory.schema.json")
    properties = _inlined(published["properties"], published["$defs"])
    return {**_inlined(published, published["$defs"]), "properties": properties}


def _fields_schema() -> dict[str, Any]:
    """Each field of a record, or null to take away what is not required."""
    record = _record_schema()
    properties = {
        name: kind if name in record["required"] else {"anyOf": [kind, {"type": "null"}]}
        for name, kind in record["properties"].items()
        if name != "id"
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _json(schema: dict[str, Any], example: Any) -> dict[str, Any]:
    return {"application/json": {"schema": schema, "example": example}}


def _problem(status: int, what: str, detail: str, field: str | None = None) -> dict[str, Any]:
    example: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": f"{field}: {detail}" if field else detail,
    }
    if field:
        example["errors"] = [{"field": field, "detail": detail}]
    schema = {"$ref": "#/components/schemas/Problem"}
    told: dict[str, Any] = {
        "description": what,
        "content": {"application/problem+json": {"schema": schema, "example": example}},
    }
    if status == 503:
        kind = {"type": "integer", "minimum": 0}
        told["headers"] = {"Retry-After": {"description": "seconds", "schema": kind}}
    return told


def _responses(*told: tuple[int, str, str] | tuple[int, str, str, str]) -> dict[int, Any]:
    return {status: _problem(status, *rest) for status, *rest in told}


KEYS = (
    (401, "No key, or one that is not known", "this needs an admin key"),
    (403, "A key that may only match", "this key may not change the directory"),
)
FAULTS = (
    (500, "Something broke; what was live still is", "the request failed here"),
    (503, "Another change is at work, or the version at hand can't be taken over", "try again"),
    (507, "The index folder is full or read-only; what was live still is", "make room"),
)
UNKNOWN = (404, "Nobody has this id", "no therapist has this id")
CHANGED = (412, "The record has changed since it was read", "read it again")
LARGE = (413, "The body is too large", "the body is larger than 256 KiB")
WRONG = "Something in the body is not as expected; nothing was changed"
TAGGED = {"ETag": {"description": "of the record as it stands", "schema": {"type": "string"}}}

PUT: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": _json(
                {
                    "type": "object",
                    "required": ["therapists"],
                    "additionalProperties": False,
                    "properties": {
                        "therapists": {
                            "type": "array",
                            "maxItems": MOST,
                            "items": _record_schema(),
                        }
                    },
                },
                {"therapists": [RECORD_EXAMPLE]},
            ),
        }
    },
    "responses": _responses(
        *KEYS,
        (413, "The body is too large", "the body is larger than 32 MiB"),
        (422, WRONG, "must be at least 0", "therapists.3.fee_min"),
        *FAULTS,
    ),
}
EDITED: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": _json(_fields_schema(), {"accepting": False, "confirmed": "2026-11-02"}),
        }
    },
    "responses": {
        200: {
            "description": "The record as it stands",
            "headers": TAGGED,
            "content": _json(
                _record_schema(), {**RECORD_EXAMPLE, "accepting": False, "confirmed": "2026-11-02"}
            ),
        },
        **_responses(
            *KEYS,
            UNKNOWN,
            CHANGED,
            LARGE,
            (422, WRONG, "must be at least 0", "fee_min"),
            *FAULTS,
        ),
    },
}
DELETED: dict[str, Any] = {
    "responses": _responses(
        *KEYS,
        UNKNOWN,
        (409, "The only therapist there is", "the only therapist can't be removed"),
        CHANGED,
        *FAULTS,
    )
}
