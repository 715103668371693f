"""The client for Python, against a real server, and against one that is full or gone."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from service.answers import MatchAnswer, Problem
from service.client import ApiError, Client
from tests.service.conftest import free_port, serving
from tests.small import GRIEF, THERAPISTS

TEXT = "I can't sleep since my mother died"
CANARY = "zanzibar-teapot"


@pytest.fixture(scope="module")
def client(built: Path) -> Iterator[Client]:
    with serving(built) as address, Client(address) as client:
        yield client


def test_a_text_is_answered_with_records_and_evidence(client: Client) -> None:
    found = client.match(TEXT, {"state": "WA"}, limit=2)
    assert next(match.therapist for match in found.matches) == THERAPISTS[0]
    first = found.matches[0].evidence[0]
    assert first.quote in THERAPISTS[0]["statements"][first.statement]["text"]
    assert found.counts.qualifying == 2
    assert client.match(TEXT, unlike=[GRIEF], limit=1).matches[0].therapist["id"] != GRIEF


def test_all_pages_are_the_list_that_one_request_would_give(client: Client) -> None:
    pages = list(client.pages(TEXT, limit=2))
    assert [len(page.matches) for page in pages] == [2, 2, 1]
    whole = client.match(TEXT, limit=100).matches
    assert [match for page in pages for match in page.matches] == whole


def test_a_batch_is_answered_in_order(client: Client) -> None:
    one, two = client.match_batch([{"text": TEXT, "limit": 1}, {"text": "I want to die"}])
    assert isinstance(one, MatchAnswer)
    assert one == client.match(TEXT, limit=1)
    assert two.crisis is not None
    assert two.crisis.resources[0].call == "988"


def test_the_rest_of_the_api(client: Client) -> None:
    assert client.therapist(GRIEF) == THERAPISTS[0]
    assert client.similar(GRIEF, limit=1).matches[0].score < 1
    assert next(a.approach for a in client.approaches().approaches) == "cbt"
    assert client.approach("Relational Therapy").therapists == [THERAPISTS[0]]
    assert client.counts({"state": "WA"}).counts.qualifying == 2
    assert client.ready().status == "ready"


def test_an_error_names_the_field_and_repeats_nothing(client: Client) -> None:
    with pytest.raises(ApiError) as raised:
        client.match(CANARY + "\x00", {"shoe_size": CANARY})
    error = raised.value
    assert (error.status, [e.field for e in error.errors]) == (422, ["filters.shoe_size"])
    assert error.detail == "filters.shoe_size: is not known here"
    with pytest.raises(ApiError) as raised:
        client.therapist("no/body")
    assert raised.value.status == 404


def test_no_repr_tells_what_a_client_wrote(client: Client) -> None:
    text = f"{CANARY} and I want to die"
    found = client.match(text)
    assert CANARY in found.matches[0].evidence[0].struggle
    told = repr(found) + repr(client)
    assert CANARY not in told
    assert "suicide" not in told


@pytest.mark.parametrize("text", [CANARY, CANARY + "\ud800"])
def test_where_nobody_answers_nothing_is_repeated(text: str) -> None:
    with Client(f"http://127.0.0.1:{free_port()}") as nobody, pytest.raises(ApiError) as raised:
        nobody.match(text)
    error: BaseException | None = raised.value
    assert raised.value.status is None
    assert "no answer from the service" in str(error)
    while error is not None:  # whatever is chained to it, and all that hangs on that
        assert CANARY not in repr(error) + str(vars(error))
        assert not hasattr(error, "request")
        error = error.__cause__ or error.__context__


@contextmanager
def answering(*answers: tuple[int, dict[str, str], bytes]) -> Iterator[tuple[str, list[Any]]]:
    """A server that gives these answers in turn, and the headers it was asked with."""
    left, asked = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.headers)
            self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, body = left.pop(0)
            if not status:  # hangs up
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


FULL = (503, {"Retry-After": "1", "X-Request-ID": "r-1"}, b"full")
TOO_MANY = (429, {"Retry-After": "2"}, b"{}")
GONE: tuple[int, dict[str, str], bytes] = (0, {}, b"")


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it was waited before each new try."""
    waited: list[float] = []
    monkeypatch.setattr("httpx_retries.retry.time.sleep", waited.append)
    return waited


def test_it_asks_again_after_as_long_as_it_is_told(slept: list[float]) -> None:
    answer = b'{"answers": []}'
    with answering(FULL, TOO_MANY, GONE, (200, {}, answer)) as (address, asked):
        assert Client(address, key="k-1").match_batch([]) == []
    assert [headers["Authorization"] for headers in asked] == ["Bearer k-1"] * 4
    assert slept[:2] == [1, 2]
    assert slept[2] <= 2


def test_it_gives_up_and_says_what_it_was_told(slept: list[float]) -> None:
    with answering(*[FULL] * 4) as (address, asked), pytest.raises(ApiError) as raised:
        Client(address).match(CANARY)
    assert len(asked) == 4
    error = raised.value
    assert (error.status, error.request_id, error.retry_after) == (503, "r-1", "1")
    assert CANARY not in str(error)


def test_however_long_it_is_told_to_wait_it_waits_a_minute_in_all(slept: list[float]) -> None:
    later = (429, {"Retry-After": "86400"}, b"{}")
    with answering(*[later] * 4) as (address, _), pytest.raises(ApiError):
        Client(address).match(TEXT)
    assert sum(slept) <= 60


def test_what_failed_is_not_sent_again_and_tells_whom_to_call(slept: list[float]) -> None:
    body = (
        b'{"type": "about:blank", "title": "Internal Server Error", "status": 500, "detail": "x", '
        b'"crisis": {"kind": "suicide", "resources": []}}'
    )
    with answering((500, {}, body)) as (address, asked), pytest.raises(ApiError) as raised:
        Client(address).match(TEXT)
    assert len(asked) == 1
    assert raised.value.crisis is not None
    assert raised.value.crisis.kind == "suicide"


def test_an_answer_that_is_none_of_this_api_is_an_error_too() -> None:
    with answering((200, {}, b"<html>")) as (address, _), pytest.raises(ApiError) as raised:
        Client(address).match(TEXT)
    assert "not one of this API" in str(raised.value)
    assert raised.value.__context__ is None


def test_a_field_that_came_later_is_no_error() -> None:
    answer = b'{"answers": [], "news": 1}'
    with answering((200, {}, answer)) as (address, _):
        assert Client(address).match_batch([]) == []


def test_one_of_a_batch_may_be_a_problem() -> None:
    failed = b'{"type": "about:blank", "title": "t", "status": 500, "detail": "d", "crisis": null}'
    with answering((200, {}, b'{"answers": [' + failed + b"]}")) as (address, _):
        (one,) = Client(address).match_batch([{"text": TEXT}])
    assert isinstance(one, Problem)
    assert one.status == 500


def test_it_loads_neither_the_index_nor_the_encoder() -> None:
    code = "import sys, service.client; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"faiss", "onnxruntime", "numpy", "pyarrow", "fastapi", "matcher", "index"}
    assert not heavy & set(done.stdout.split())
