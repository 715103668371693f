"""The bodies of the routes that change the directory, and what else they answer."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from matcher.files import read_data
from matcher.putting import MOST, Put
from service.answers import FieldError
from service.openapi import problems, told

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


CHANGES: dict[int | str, Any] = {
    **problems(401, 403, 507),
    500: told(500, "Something broke; what was live still is"),
    503: told(503, "Another change is at work, or the version at hand can't be taken over"),
}
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
    "responses": {
        **CHANGES,
        413: told(413, detail="the body is larger than 32 MiB"),
        422: told(422, WRONG, "therapists.3.fee_min: must be at least 0"),
    },
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
        **CHANGES,
        **problems(404, 412, 413),
        422: told(422, WRONG, "fee_min: must be at least 0"),
    },
}
DELETED: dict[str, Any] = {
    "responses": {
        **CHANGES,
        **problems(404, 412),
        409: told(409, "The only therapist there is", "the only therapist can't be removed"),
    }
}
