"""Filters: what a client can narrow by, and the conditions they mean on the index's columns."""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

from index.errors import BadInput
from index.filters import AnyOf, AtMost, Condition, Is, NoneOf, Within
from matcher.taxonomy import Taxonomy, key
from matcher.zips import Zips

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}")
# Pydantic's own words for these would puzzle a caller.
SAID = {
    "missing": "is required",
    "extra_forbidden": "is not known here",
    "string_unicode": "is not valid Unicode",
    "string_pattern_mismatch": "must be a ZIP code of five digits, such as 98101",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}
MOST_FIELDS = 40  # more than any object here has
Value = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Values = Annotated[list[Value], Field(max_length=100)]


class Known(BaseModel):
    """An object with these fields and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _few(cls, sent: Any) -> Any:
        """Refuse a mass of unknown fields as one, since to name each of them takes seconds."""
        if isinstance(sent, Mapping) and len(sent) > MOST_FIELDS:
            raise PydanticCustomError("too_many_fields", "has more fields than are known here")
        return sent


class Near(Known):
    """Within so many miles of a ZIP code; only therapists who state their ZIP qualify."""

    zip: Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
    miles: Annotated[float, Field(gt=0, le=12_500, allow_inf_nan=False, strict=True)] = 25


class Filters(Known):
    """All are combined by AND, a list's values by OR; an empty list means not asked.

    A filter admits only therapists who state the thing. Text is compared casefolded; a value
    nobody states matches nobody.
    """

    state: Value | None = Field(
        None, description="licensed there; located there if no licence is stated"
    )
    telehealth: StrictBool | None = None
    in_person: StrictBool | None = None
    accepting: StrictBool | None = Field(None, description="takes new clients")
    insurance: Values = []
    languages: Values = []
    issues: Values = Field([], description="declared, or what a statement is about")
    approaches: Values = Field([], description="declared, or what a statement is about")
    not_approaches: Values = Field([], description="leaves out those who practise one of these")
    ages: Values = []
    times: Values = []
    gender: Values = []
    identities: Values = []
    max_fee: Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False, strict=True)] | None = Field(
        None, description="US dollars a session: `fee_min` is at or below it"
    )
    near: Near | None = None

    @classmethod
    def of(cls, filters: "Mapping[str, Any] | Filters | None") -> "Filters":
        """Take filters as a mapping. Raises BadInput naming the filter that is wrong."""
        if isinstance(filters, Filters):
            return filters
        try:
            return cls.model_validate(filters or {})
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = field_name(("filters", *first["loc"]))
            raise BadInput(f"{place}: {said(first['type'], first['msg'])}", place) from None


def field_name(parts: Iterable[object]) -> str:
    """A field as sent, such as `filters.near.zip`; what is no name may be somebody's words."""
    return ".".join(
        str(p) if isinstance(p, int) or NAME.fullmatch(str(p)) else "(unnamed)" for p in parts
    )


def said(kind: str, message: str) -> str:
    """What is wrong with a field, for a person; pydantic's kind of error and its own words."""
    return SAID.get(kind, message)


TRUTHS = ("telehealth", "in_person", "accepting")  # columns of booleans
# Columns that hold a list of casefolded texts; `state` and the topics are made below.
LISTS = ("insurance", "languages", "ages", "times", "gender", "identities")


def conditions(filters: Filters, taxonomy: Taxonomy, zips: Zips) -> dict[str, Condition]:
    """What each filter that is set means for the columns that `matcher.attributes` makes."""
    found: dict[str, Condition] = {}
    if filters.state is not None:
        found["state"] = AnyOf("state", (key(filters.state),))
    for name in LISTS:
        if values := getattr(filters, name):
            found[name] = AnyOf(name, tuple(map(key, values)))
    if filters.issues:
        found["issues"] = AnyOf("issues", tuple(map(taxonomy.issue, filters.issues)))
    if filters.approaches:
        found["approaches"] = AnyOf("approaches", tuple(map(taxonomy.approach, filters.approaches)))
    if filters.not_approaches:
        unwanted = tuple(map(taxonomy.approach, filters.not_approaches))
        found["not_approaches"] = NoneOf("approaches", unwanted)
    for name in TRUTHS:
        if (value := getattr(filters, name)) is not None:
            found[name] = Is(name, value)
    if filters.max_fee is not None:
        found["max_fee"] = AtMost("fee_min", filters.max_fee)
    if filters.near is not None:
        found["near"] = _near(filters.near, zips)
    return found


def _near(near: Near, zips: Zips) -> Condition:
    place = zips.get(near.zip)
    if place is None:  # an unknown ZIP is near nobody
        return AnyOf("state", ())
    return Within(place, near.miles)
