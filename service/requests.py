"""What the HTTP API takes, as OpenAPI describes it.

The bounds of a text and of ids are told here and checked in `matcher.asking`, which says what is
wrong with them in its own words.
"""

from typing import Annotated

from pydantic import FailFast, Field

from matcher.feedback import ID, MOST
from matcher.filters import Filters, Known
from matcher.text import LONGEST

MOST_REQUESTS = 64  # in a batch
Text = Annotated[
    str,
    Field(
        repr=False,
        description="what the client wrote; never kept",
        json_schema_extra={"minLength": 1, "maxLength": LONGEST},
        examples=["I keep saying yes to my mother and then hate myself"],
    ),
]

Id = Annotated[str, Field(json_schema_extra={"pattern": f"^{ID.pattern}$"})]


class MatchRequest(Known):
    """What to look for."""

    text: Text
    filters: Filters = Filters()
    limit: Annotated[int, Field(ge=1, le=100, strict=True)] = 10
    min_score: Annotated[float, Field(allow_inf_nan=False, strict=True)] | None = Field(
        None, description="leaves out matches that score less"
    )
    like: list[Id] = Field(
        [],
        description="therapists whom the client wants more like; ids unknown here are ignored",
        max_length=MOST,
        examples=[["t-0001"]],
    )
    unlike: list[Id] = Field(
        [],
        description="therapists who are not for the client: left out, and those like them go down",
        max_length=MOST,
        examples=[["t-0002", "t-0003"]],
    )
    misread: list[str] = Field(
        [],
        repr=False,
        description="slugs of issues and approaches that `understood` tells and that the client "
        "doesn't mean; those unknown here are ignored",
        max_length=MOST,
        examples=[["grief"]],
    )
    page: str | None = Field(
        None,
        description="`next_page` of an answer to this request: the list goes on there. 409 once "
        "the directory has changed: ask for the first page again",
    )


class BatchRequest(Known):
    """Several texts, each with filters and a page of its own."""

    # The first wrong one is named: 64 of nothing but mistakes would take seconds to tell.
    requests: Annotated[
        list[MatchRequest], FailFast(), Field(min_length=1, max_length=MOST_REQUESTS)
    ]


class CountsRequest(Known):
    """What to count under."""

    filters: Filters = Filters()
