"""What the HTTP API answers, as OpenAPI describes it.

Imports nothing of the matcher, so that a program that only calls the API can read its answers with
these, too (`service.client`).
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

Value = TypeVar("Value", str, bool, int)
# Pydantic follows references to its own models only: `service.openapi` makes one of this.
Therapist = Annotated[dict[str, Any], WithJsonSchema({"x-ref": "#/components/schemas/Therapist"})]
Version = Annotated[
    str,
    Field(description="the version that answered, and how many therapists were changed since"),
]


class Answer(BaseModel):
    """Something that was answered; it doesn't change."""

    model_config = ConfigDict(frozen=True)


class EvidenceBody(Answer):
    """`quote` is exactly `statements[statement].text[start:end]`, in code points."""

    statement: int
    start: int
    end: int
    quote: str
    about: str | None
    struggle: str = Field(repr=False)


class MatchBody(Answer):
    """A therapist, and the passages that answer the client."""

    therapist: Therapist
    score: float = Field(
        description="0 to 1; on the sample, the share at this score who were judged to help"
    )
    evidence: list[EvidenceBody]


class UnderstoodIssue(Answer):
    """An issue the text speaks of."""

    issue: str
    score: float


class UnderstoodApproach(Answer):
    """An approach the text names."""

    approach: str
    score: float


class Wish(Answer):
    """A filter the text seems to wish for, and where it says so."""

    filter: str
    value: str
    exclude: bool
    start: int
    end: int


class UnderstoodBody(Answer):
    """What was understood of the text."""

    issues: list[UnderstoodIssue]
    approaches: list[UnderstoodApproach]
    wishes: list[Wish] = Field(
        description="what the text asks for or rules out; no filter follows from it unasked"
    )
    language: str | None = Field(
        description="ISO code of the text's language, where plain; only English is read well"
    )


class CountsBody(Answer):
    """How many therapists there are, and how many meet the filters."""

    directory: int
    qualifying: int


class ResourceBody(Answer):
    """Someone to turn to now."""

    name: str
    call: str | None
    text: str | None
    url: str


class CrisisBody(Answer):
    """Danger the text speaks of: overdose, suicide, self-harm, child or violence."""

    kind: str
    resources: list[ResourceBody]


class MatchAnswer(Answer):
    """Therapists best first."""

    matches: list[MatchBody]
    good_match: bool = Field(description="false where nothing fits well; the list is there anyway")
    understood: UnderstoodBody = Field(repr=False)
    counts: CountsBody
    crisis: CrisisBody | None = Field(
        repr=False,
        description="null where the text speaks of no danger that was heard: show it first, and "
        "the matches beside it",
    )
    version: Version
    next_page: str | None = Field(
        description="send the same request with this as `page` for the matches after these; null "
        "at the end. Good for this version until something changes; it holds nothing of the text"
    )


class Choice(Answer, Generic[Value]):
    """A value, and how many would qualify if its filter asked for that alone."""

    value: Value
    therapists: int


class ChoicesBody(Answer):
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


class WithoutBody(Answer):
    """A filter that is set, and how many would qualify if it alone were dropped."""

    filter: str
    therapists: int


class BatchAnswer(Answer):
    """One answer for each request, in the requests' order.

    Each is what `/v1/match` would have answered to that request alone: its body, or its problem,
    which alone has a `status`. Either tells `crisis`.
    """

    answers: list["MatchAnswer | Problem"]


class CountsAnswer(Answer):
    """How many qualify, and how many would if one filter were set otherwise or dropped."""

    counts: CountsBody
    choices: ChoicesBody = Field(
        description="a value takes the place of what its filter asks for now; the others stay"
    )
    without: list[WithoutBody] = Field(description="the filter that costs most comes first")
    version: Version


class SimilarBody(Answer):
    """A therapist, and how like the one asked about."""

    therapist: Therapist
    score: float = Field(
        description="0 to 1: how near what the two wrote is (cosine, four fifths of it), and how "
        "far they speak of the same issues (one fifth); most of a large directory is below 0.3"
    )


class SimilarAnswer(Answer):
    """The therapists nearest to one, best first; ties by id."""

    matches: list[SimilarBody]
    version: Version


class ApproachBody(Answer):
    """An approach practised in this directory, and by how many."""

    approach: str = Field(description="the slug")
    name: str
    description: str
    therapists: int


class Approaches(Answer):
    """All approaches practised in this directory."""

    approaches: list[ApproachBody]


class ApproachPage(Answer):
    """An approach with its therapists' whole records, in id order."""

    approach: str
    name: str
    description: str
    therapists: list[Therapist]


class EncoderBody(Answer):
    """The encoder that a version carries."""

    name: str
    fingerprint: str


class VersionCounts(Answer):
    """How much a version was made of."""

    therapists: int
    statements: int
    passages: int
    issues: int


class VersionAnswer(Answer):
    """The version that answers now."""

    version: str
    changes: int = Field(description="therapists who differ from the version's own records")
    published: str | None = Field(description="when it was made live, in UTC")
    format: int = Field(description="of the files")
    encoder: EncoderBody
    counts: VersionCounts


class State(Answer):
    """How the service is."""

    status: str
    version: str | None = None


class FieldError(Answer):
    """What is wrong with one field."""

    field: str
    detail: str


class Problem(Answer):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    request: str | None = Field(None, description="the id in X-Request-ID, to be found in the log")
    errors: list[FieldError] | None = None
    crisis: CrisisBody | None = Field(
        None, description="whom to call, where a match failed for a text that speaks of danger"
    )
