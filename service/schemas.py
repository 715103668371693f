"""The bodies of the HTTP API, as OpenAPI describes them."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matcher.feedback import ID, MOST
from matcher.filters import Filters
from matcher.text import LONGEST

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


class MatchRequest(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    filters: Filters = Filters()
    limit: Annotated[int, Field(ge=1, le=100, strict=True)] = 10
    min_score: Annotated[float, Field(allow_inf_nan=False, strict=True)] | None = Field(
        None, description="leaves out matches that score less"
    )
    like: list[Id] = Field(
        [],
        description="therapists whom the client wants more like; ids unknown here are ignored",
        json_schema_extra={"maxItems": MOST},
        examples=[["t-0001"]],
    )
    unlike: list[Id] = Field(
        [],
        description="therapists who are not for the client: left out, and those like them go down",
        json_schema_extra={"maxItems": MOST},
        examples=[["t-0002", "t-0003"]],
    )
    misread: list[str] = Field(
        [],
        repr=False,
        description="slugs of issues and approaches that `understood` tells and that the client "
        "doesn't mean; those unknown here are ignored",
        json_schema_extra={"maxItems": MOST},
        examples=[["grief"]],
    )


class EvidenceBody(BaseModel):
    """`quote` is exactly `statements[statement].text[start:end]`, in code points."""

    statement: int
    start: int
    end: int
    quote: str
    about: str | None
    struggle: str = Field(repr=False)


class MatchBody(BaseModel):
    """A therapist, and the passages that answer the client."""

    therapist: dict[str, Any] = Field(description="the whole directory record")
    score: float = Field(
        description="0 to 1; on the sample, the share at this score who were judged to help"
    )
    evidence: list[EvidenceBody]


class UnderstoodIssue(BaseModel):
    """An issue the text speaks of."""

    issue: str
    score: float


class UnderstoodApproach(BaseModel):
    """An approach the text names."""

    approach: str
    score: float


class Wish(BaseModel):
    """A filter the text seems to wish for, and where it says so."""

    filter: str
    value: str
    exclude: bool
    start: int
    end: int


class UnderstoodBody(BaseModel):
    """What was understood of the text."""

    issues: list[UnderstoodIssue]
    approaches: list[UnderstoodApproach]
    wishes: list[Wish] = Field(
        description="what the text asks for or rules out; no filter follows from it unasked"
    )


class CountsBody(BaseModel):
    """How many therapists there are, and how many meet the filters."""

    directory: int
    qualifying: int


class ResourceBody(BaseModel):
    """Someone to turn to now."""

    name: str
    call: str | None
    text: str | None
    url: str


class CrisisBody(BaseModel):
    """Danger the text speaks of: suicide, self-harm or violence."""

    kind: str
    resources: list[ResourceBody]


class MatchAnswer(BaseModel):
    """Therapists best first."""

    matches: list[MatchBody]
    good_match: bool = Field(description="false where nothing fits well; the list is there anyway")
    understood: UnderstoodBody
    counts: CountsBody
    crisis: CrisisBody | None
    version: str


class SimilarBody(BaseModel):
    """A therapist, and how like the one asked about."""

    therapist: dict[str, Any] = Field(description="the whole directory record")
    score: float = Field(
        description="0 to 1: how near what the two wrote is (cosine, four fifths of it), and how "
        "far they speak of the same issues (one fifth); most of a large directory is below 0.3"
    )


class SimilarAnswer(BaseModel):
    """The therapists nearest to one, best first; ties by id."""

    matches: list[SimilarBody]
    version: str


class ApproachBody(BaseModel):
    """An approach practised in this directory, and by how many."""

    approach: str = Field(description="the slug")
    name: str
    description: str
    therapists: int


class Approaches(BaseModel):
    """All approaches practised in this directory."""

    approaches: list[ApproachBody]


class ApproachPage(BaseModel):
    """An approach with its therapists' whole records, in id order."""

    approach: str
    name: str
    description: str
    therapists: list[dict[str, Any]]


class State(BaseModel):
    """How the service is."""

    status: str
    version: str | None = None


class FieldError(BaseModel):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None
