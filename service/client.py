"""A client for the HTTP API, for a directory's own programs.

    from service.client import Client

    with Client("http://127.0.0.1:8000", key="…") as client:
        for match in client.match("what the client wrote", {"state": "WA"}).matches:
            print(match.therapist["name"], match.evidence[0].quote)

Loads neither the index nor the encoder; the extra `client` has what it needs.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
from httpx_retries import Retry, RetryTransport
from pydantic import BaseModel, RootModel, ValidationError

from service.answers import (
    Approaches,
    ApproachPage,
    BatchAnswer,
    CountsAnswer,
    CrisisBody,
    FieldError,
    MatchAnswer,
    Problem,
    SimilarAnswer,
    State,
)

Filters = Mapping[str, Any]
Record = RootModel[dict[str, Any]]
Answered = TypeVar("Answered", bound=BaseModel)
# Nothing here changes anything, so all of it may be sent again: where no connection came about or
# it broke, and where the service says that it is full or that these are too many requests.
AGAIN = Retry(
    total=3,
    allowed_methods=("GET", "POST"),
    status_forcelist=(429, 503),
    retry_on_exceptions=(httpx.NetworkError, httpx.ConnectTimeout, httpx.RemoteProtocolError),
    backoff_factor=0.2,
    max_backoff_wait=60,
    total_timeout=60,  # seconds of waiting in all, whatever Retry-After says
)


class ApiError(Exception):
    """What the service answered instead, or why it didn't; nothing of what was sent is in it.

    `status` is that of HTTP, or None where there was no answer. `errors` name each wrong field,
    `crisis` tells whom to call where a match failed, `request_id` is what its log has, and
    `retry_after` how many seconds to wait, where the service said so.
    """

    def __init__(self, detail: str, answer: httpx.Response | None = None) -> None:
        problem = _problem(answer)
        self.status = answer.status_code if answer is not None else None
        self.detail = problem.detail if problem else detail
        self.errors: Sequence[FieldError] = (problem and problem.errors) or ()
        self.crisis: CrisisBody | None = problem.crisis if problem else None
        headers = answer.headers if answer is not None else {}
        self.request_id: str | None = headers.get("X-Request-ID")
        self.retry_after: str | None = headers.get("Retry-After")
        super().__init__(f"{self.status}: {self.detail}" if answer is not None else detail)


def _problem(answer: httpx.Response | None) -> Problem | None:
    try:
        return Problem.model_validate_json(answer.content) if answer is not None else None
    except ValidationError:
        return None  # from something between, such as a proxy


class Client:
    """Asks one service; safe to share between threads. Every method raises ApiError."""

    def __init__(self, address: str, key: str | None = None, timeout: float = 30.0) -> None:
        """`address` is such as `http://127.0.0.1:8000`; `timeout` is in seconds, for each try."""
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        transport = RetryTransport(retry=AGAIN)
        self._http = httpx.Client(
            base_url=address, headers=headers, timeout=timeout, transport=transport
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def match(
        self,
        text: str,
        filters: Filters | None = None,
        limit: int = 10,
        min_score: float | None = None,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        misread: Sequence[str] = (),
        page: str | None = None,
    ) -> MatchAnswer:
        """The therapists whose statements answer a client's text, best first."""
        body = {
            "text": text,
            "filters": filters or {},
            "limit": limit,
            "min_score": min_score,
            "like": like,
            "unlike": unlike,
            "misread": misread,
            "page": page,
        }
        return self._sent(MatchAnswer, "POST", "/v1/match", body)

    def pages(
        self, text: str, filters: Filters | None = None, **wanted: Any
    ) -> Iterator[MatchAnswer]:
        """One page after the other, as `match` would give it, to the end of the list.

        Raises ApiError with status 409 where the directory changes meanwhile: begin again.
        """
        answer = self.match(text, filters, **wanted)
        yield answer
        while answer.next_page:
            answer = self.match(text, filters, **wanted | {"page": answer.next_page})
            yield answer

    def match_batch(self, requests: Sequence[Mapping[str, Any]]) -> list[MatchAnswer | Problem]:
        """An answer, or what went wrong with it alone, for each of up to 64 bodies of `match`."""
        body = {"requests": list(requests)}
        return self._sent(BatchAnswer, "POST", "/v1/match/batch", body).answers

    def counts(self, filters: Filters | None = None) -> CountsAnswer:
        """How many qualify, and how many would with one filter set otherwise or dropped."""
        return self._sent(CountsAnswer, "POST", "/v1/counts", {"filters": filters or {}})

    def therapist(self, id_: str) -> dict[str, Any]:
        """The record of a therapist, as the directory gave it."""
        return self._sent(Record, "GET", f"/v1/therapists/{_part(id_)}").root

    def similar(self, id_: str, limit: int = 10) -> SimilarAnswer:
        """The therapists whose statements are nearest to this one's."""
        path = f"/v1/therapists/{_part(id_)}/similar"
        return self._sent(SimilarAnswer, "GET", f"{path}?limit={limit:d}")

    def approaches(self) -> Approaches:
        """The approaches practised in this directory."""
        return self._sent(Approaches, "GET", "/v1/approaches")

    def approach(self, name: str) -> ApproachPage:
        """An approach, by slug, name or synonym, and its therapists."""
        return self._sent(ApproachPage, "GET", f"/v1/approaches/{_part(name)}")

    def ready(self) -> State:
        """Which version answers now."""
        return self._sent(State, "GET", "/readyz")

    def _sent(
        self, kind: type[Answered], method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> Answered:
        answer = self._answer(method, path, body)
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError:
            pass  # raised below: its message would repeat the answer
        raise ApiError("the answer is not one of this API", answer)

    def _answer(
        self, method: str, path: str, body: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        try:
            answer = self._http.request(method, path, json=body)
        except (httpx.HTTPError, ValueError) as error:
            # Not raised here, where it would be chained: it holds the request, and that the text.
            # A ValueError is for what can't be written as JSON, such as half a character.
            reason = type(error).__name__
        else:
            if answer.is_success:
                return answer
            raise ApiError(answer.reason_phrase, answer)
        raise ApiError(f"no answer from the service ({reason})")


def _part(name: str) -> str:
    return quote(name, safe="")
