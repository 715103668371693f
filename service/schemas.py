"""The bodies of the HTTP API, as OpenAPI describes them."""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from matcher.feedback import ID, MOST
from matcher.filters import Filters
from matcher.text import LONGEST

Value = TypeVar("Value", str, bool, int)
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
    language: str | None = Field(
        description="ISO code of the text's language, where plain; only English is read well"
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
    """Danger the text speaks of: overdose, suicide, self-harm, child or violence."""

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


class CountsRequest(BaseModel):
    """What to count under."""

    model_config = ConfigDict(extra="forbid")

    filters: Filters = Filters()


class Choice(BaseModel, Generic[Value]):
    """A value, and how many would qualify if its filter asked for that alone."""

    value: Value
    therapists: int


class ChoicesBody(BaseModel):
    """For each filter, every value that somebody in the directory states."""

    state: list[Choice[str]]
    telehealth: list[Choice[bool]]
    in_person: list[Choice[bool]]
    accepting: list[Choice[bool]]
    insurance: list[Choice[str]]
    languages: list[Choice[str]]
    issues: list[Choice[str]] = Field(description="by slug")
    approaches: list[Choice[str]] = Field(description="by slug")
    ages: list[Choice[str]]
    times: list[Choice[str]]
    gender: list[Choice[str]]
    identities: list[Choice[str]]
    max_fee: list[Choice[int]] = Field(
        description="US dollars: round sums from the lowest `fee_min` to the highest"
    )
    near: list[Choice[int]] = Field(
        [], description="miles from the ZIP code asked for; left out where none is"
    )


class WithoutBody(BaseModel):
    """A filter that is set, and how many would qualify if it alone were dropped."""

    filter: str
    therapists: int


class CountsAnswer(BaseModel):
    """How many qualify, and how many would if one filter were set otherwise or dropped."""

    counts: CountsBody
    choices: ChoicesBody = Field(
        description="a value takes the place of what its filter asks for now; the others stay"
    )
    without: list[WithoutBody] = Field(description="the filter that costs most comes first")
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


class EncoderBody(BaseModel):
    """The encoder that a version carries."""

    name: str
    fingerprint: str


class VersionCounts(BaseModel):
    """How much a version was made of."""

    therapists: int
    statements: int
    passages: int
    issues: int


class VersionAnswer(BaseModel):
    """The version that answers now."""

    version: str
    changes: int = Field(description="therapists who differ from the version's own records")
    published: str | None = Field(description="when it was made live, in UTC")
    format: int = Field(description="of the files")
    encoder: EncoderBody
    counts: VersionCounts


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
    crisis: CrisisBody | None = Field(
        None, description="whom to call, where a match failed for a text that speaks of danger"
    )
