"""Several texts in one request."""

import asyncio
import json
import logging
from threading import Event
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from matcher import Matcher
from service.guard import LARGEST_BODY
from service.lanes import Lanes
from tests.small import GRIEF

TEXT = "I can't sleep since my mother died"
DANGER = "I don't want to live anymore"
CANARY = "zanzibar-teapot"
BATCH = "/v1/match/batch"


def test_each_is_answered_as_it_would_be_alone_and_in_order(client: TestClient) -> None:
    bodies: list[dict[str, Any]] = [
        {"text": TEXT, "limit": 2},
        {"text": DANGER, "filters": {"state": "WA"}},
        {"text": TEXT, "limit": 1, "unlike": [GRIEF]},
    ]
    answer = client.post(BATCH, json={"requests": bodies})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    alone = [client.post("/v1/match", json=body).json() for body in bodies]
    assert answer.json() == {"answers": alone}
    assert answer.json()["answers"][1]["crisis"]["kind"] == "suicide"


def test_pages_of_a_batch_go_on(client: TestClient) -> None:
    first = client.post(BATCH, json={"requests": [{"text": TEXT, "limit": 2}]}).json()
    page = first["answers"][0]["next_page"]
    rest = client.post(BATCH, json={"requests": [{"text": TEXT, "page": page}]}).json()
    ids = [m["therapist"]["id"] for part in (first, rest) for m in part["answers"][0]["matches"]]
    whole = client.post("/v1/match", json={"text": TEXT}).json()
    assert ids == [m["therapist"]["id"] for m in whole["matches"]]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": CANARY + "\x00"}, "text"),
        ({"text": CANARY * 400}, "text"),
        ({"limit": 3}, "text"),
        ({"text": CANARY, "limit": 0}, "limit"),
        ({"text": CANARY, "page": CANARY}, "page"),
        ({"text": CANARY, "like": ["a", "b c"]}, "like.1"),
        ({"text": CANARY, "filters": {"telehealth": CANARY}}, "filters.telehealth"),
        ({"text": CANARY, f"{CANARY} hurts": 1}, "(unnamed)"),
    ],
)
def test_a_wrong_one_refuses_them_all_and_is_named(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any], field: str
) -> None:
    def begun(*_: Any) -> None:
        raise AssertionError("nothing is to be done for a batch that is refused")

    monkeypatch.setattr(Matcher, "answer", begun)
    bodies = [{"text": TEXT}] * 3 + [wrong]
    answer = client.post(BATCH, json={"requests": bodies})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [e["field"] for e in answer.json()["errors"]] == [f"requests.3.{field}"]
    assert f"requests.3.{field}" in answer.json()["detail"]
    assert CANARY not in answer.text


def test_all_that_are_wrong_are_named(client: TestClient) -> None:
    bodies = [{"text": ""}, {"text": TEXT}, {"text": TEXT, "page": "x"}]
    answer = client.post(BATCH, json={"requests": bodies})
    assert [e["field"] for e in answer.json()["errors"]] == ["requests.0.text", "requests.2.page"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "requests"),
        ({"requests": []}, "requests"),
        ({"requests": [{"text": TEXT}] * 65}, "requests"),
        ({"requests": {"text": TEXT}}, "requests"),
        ({"requests": [CANARY]}, "requests.0"),
        ({"requests": [{"text": TEXT}], "limit": 3}, "limit"),
    ],
)
def test_what_is_no_batch_is_refused(client: TestClient, body: Any, field: str) -> None:
    answer = client.post(BATCH, json=body)
    assert answer.status_code == 422
    assert [e["field"] for e in answer.json()["errors"]] == [field]
    assert CANARY not in answer.text


def test_one_that_fails_is_its_own_problem_and_tells_whom_to_call(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Matcher.answer

    def failing(self: Matcher, asked: Any, country: str) -> Any:
        if CANARY in asked.text:
            raise ValueError(asked.text)
        return answer(self, asked, country)

    monkeypatch.setattr(Matcher, "answer", failing)
    bodies = [{"text": TEXT}, {"text": f"{CANARY}: {DANGER}"}, {"text": CANARY}, {"text": TEXT}]
    with caplog.at_level(logging.DEBUG):
        found = client.post(BATCH, json={"requests": bodies})
    assert found.status_code == 200
    one, two, three, four = found.json()["answers"]
    assert one == four
    assert one["matches"]
    assert (two["status"], two["crisis"]["kind"]) == (500, "suicide")
    assert (three["status"], "crisis" in three) == (500, False)
    assert CANARY not in found.text + caplog.text
    assert "ValueError at test_batch.py" in caplog.text


def test_a_page_of_another_state_refuses_the_batch_as_stale(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = client.post("/v1/match", json={"text": TEXT, "limit": 1}).json()["next_page"]
    live = client.app.state.live.matcher  # type: ignore[attr-defined]
    monkeypatch.setattr(live, "_state", "another")
    bodies = [{"text": TEXT}, {"text": TEXT, "page": page}]
    stale = client.post(BATCH, json={"requests": bodies})
    assert (stale.status_code, stale.json()["title"]) == (409, "Conflict")
    assert [e["field"] for e in stale.json()["errors"]] == ["requests.1.page"]
    assert stale.headers["cache-control"] == "no-store"
    wrong = client.post(BATCH, json={"requests": [*bodies, {"text": ""}]})
    assert wrong.status_code == 422, "asking again without pages would not help"


def test_one_text_of_a_batch_is_at_work_at_a_time(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a batch has a text at work, the other lane of two is free for everybody else."""
    held, go_on = Event(), Event()
    answer = Matcher.answer
    at_work: list[str] = []

    def slow(self: Matcher, asked: Any, country: str) -> Any:
        if asked.text.startswith("batch"):
            at_work.append(asked.text)
            held.set()
            assert go_on.wait(30)
        return answer(self, asked, country)

    monkeypatch.setattr(Matcher, "answer", slow)
    state = client.app.state  # type: ignore[attr-defined]
    before, state.lanes = state.lanes, Lanes(2)

    async def ask() -> None:
        transport = httpx2.ASGITransport(client.app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
            bodies = [{"text": f"batch {number}", "limit": 1} for number in range(64)]
            batch = asyncio.create_task(http.post(BATCH, json={"requests": bodies}))
            while not held.is_set():
                await asyncio.sleep(0.01)
            single = await http.post("/v1/match", json={"text": TEXT})
            assert single.status_code == 200
            assert at_work == ["batch 0"]
            go_on.set()
            assert len((await batch).json()["answers"]) == 64

    try:
        asyncio.run(ask())
    finally:
        go_on.set()
        state.lanes = before
    assert at_work == [f"batch {number}" for number in range(64)]


def test_who_goes_away_is_worked_for_no_longer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = Matcher.answer
    worked: list[str] = []

    def counted(self: Matcher, asked: Any, country: str) -> Any:
        worked.append(asked.text)
        return answer(self, asked, country)

    monkeypatch.setattr(Matcher, "answer", counted)
    body = json.dumps({"requests": [{"text": TEXT}] * 9}).encode()
    messages = iter(
        [{"type": "http.request", "body": body, "more_body": False}]
        + [{"type": "http.disconnect"}] * 99
    )
    sent: list[Any] = []

    async def receive() -> Any:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope: dict[str, Any] = {"type": "http", "method": "POST", "path": BATCH, "headers": headers}
    scope |= {"query_string": b"", "http_version": "1.1", "scheme": "http", "root_path": ""}

    async def ask() -> None:
        await client.app(scope, receive, send)

    asyncio.run(ask())
    assert (worked, sent) == ([], [])


def test_64_of_the_longest_texts_fit_and_no_more_does(client: TestClient) -> None:
    text = "😀" + "é" * 3998 + "a"
    whole = json.dumps({"requests": [{"text": text, "limit": 1}] * 64})
    assert LARGEST_BODY < len(whole) < 2 * 1024 * 1024
    answer = client.post(BATCH, content=b" " * (2 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["detail"]) == (413, "the body is larger than 2 MiB")
    kept = client.post("/v1/match", content=b" " * (LARGEST_BODY + 1))
    assert (kept.status_code, kept.json()["detail"]) == (413, "the body is larger than 256 KiB")


@pytest.mark.parametrize("within", [(), ("filters",), ("filters", "near")])
def test_a_mass_of_mistakes_is_told_as_one(client: TestClient, within: tuple[str, ...]) -> None:
    body: dict[str, Any] = {"text": TEXT}
    inner = body
    for name in within:
        inner = inner.setdefault(name, {})
    inner |= {f"a{number}": 1 for number in range(50_000)}
    answer = client.post(BATCH, json={"requests": [body] * 2})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error == {
        "field": ".".join(("requests", "0", *within)),
        "detail": "has more fields than are known here",
    }


def test_of_many_wrong_ones_the_first_is_told(client: TestClient) -> None:
    body = {"text": TEXT, "filters": {"insurance": [1] * 100, "languages": [1] * 100}}
    answer = client.post(BATCH, json={"requests": [{"text": TEXT}] + [body] * 63})
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == [f"requests.1.filters.insurance.{number}" for number in range(100)]
    answer = client.post(BATCH, json={"requests": [{"text": TEXT}] + [{"text": 7}] * 63})
    assert [error["field"] for error in answer.json()["errors"]] == ["requests.1.text"]
