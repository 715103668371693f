"""What a crash in a handler says and keeps to itself, and what bodies are let in."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware import Middleware
from starlette.types import Message

from service import guard, problems
from service.guard import LARGER, LARGEST_BODY, Guard

CANARY = "zanzibar-teapot"


def crashing() -> FastAPI:
    app = FastAPI(middleware=[Middleware(Guard)])

    @app.post("/crash")
    def crash() -> None:
        raise ValueError(f"can't do anything with {CANARY}")

    return app


def test_a_crash_is_a_500_and_its_message_goes_nowhere(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), TestClient(crashing()) as client:
        answer = client.post("/crash", json={"text": CANARY})
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")
    assert "ValueError at test_guard.py" in caplog.text
    told = capfd.readouterr()
    assert CANARY not in answer.text + caplog.text + told.out + told.err


def taking() -> FastAPI:
    app = FastAPI(middleware=[Middleware(Guard)])
    problems.install(app)

    @app.post("/take")
    @app.post("/v1/match/batch")
    def take(body: dict[str, Any]) -> int:
        return len(body["text"])

    return app


async def asked(
    receive: Callable[[], Awaitable[Message]], headers: dict[str, str], path: str = "/take"
) -> tuple[Message, Any]:
    """What is answered to a request whose body comes as one likes."""
    sent: list[Message] = []
    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
    }

    async def send(message: Message) -> None:
        sent.append(message)

    await taking()(scope, receive, send)
    return sent[0], json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


def pieces(*bodies: bytes, more: bool = False) -> Callable[[], Awaitable[Message]]:
    """A body in pieces, after which nothing comes, be there `more` or not."""
    left: Iterator[bytes] = iter(bodies)
    last = len(bodies) - 1
    number = -1

    async def receive() -> Message:
        nonlocal number
        for body in left:
            number += 1
            return {"type": "http.request", "body": body, "more_body": more or number < last}
        await asyncio.Event().wait()
        raise AssertionError

    return receive


JSON = {"Content-Type": "application/json"}


def test_a_body_that_says_it_is_too_large_is_refused_before_any_of_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "LINGER", 0.01)
    length = {"Content-Length": str(LARGEST_BODY + 1)}
    start, told = asyncio.run(asked(pieces(), JSON | length))
    assert (start["status"], told["detail"]) == (413, "the body is larger than 256 KiB")
    assert (b"connection", b"close") in start["headers"]


def test_a_body_that_says_nothing_of_its_size_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LINGER", 0.01)
    start, _ = asyncio.run(asked(pieces(*[b" " * 65536] * 5, more=True), JSON))
    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]


def test_a_body_of_just_the_size_is_taken_and_its_connection_stays() -> None:
    body = json.dumps({"text": "a" * (LARGEST_BODY - 12)}).encode()
    start, told = asyncio.run(asked(pieces(body), JSON | {"Content-Length": str(len(body))}))
    assert (len(body), start["status"], told) == (LARGEST_BODY, 200, LARGEST_BODY - 12)
    assert (b"connection", b"close") not in start["headers"]


def test_a_route_may_take_more() -> None:
    assert LARGER[("PUT", "/v1/therapists")] == 32 * 2**20
    body = json.dumps({"text": "a" * 2**20}).encode()
    start, _ = asyncio.run(asked(pieces(body), JSON, "/v1/match/batch"))
    assert start["status"] == 200
    start, _ = asyncio.run(asked(pieces(body), JSON))
    assert start["status"] == 413


def test_a_body_that_does_not_come_is_a_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.02)
    monkeypatch.setattr(guard, "LINGER", 0.01)
    start, told = asyncio.run(asked(pieces(b'{"te', more=True), JSON))
    assert (start["status"], told["title"]) == (408, "Request Timeout")
    assert (b"connection", b"close") in start["headers"]


def test_a_body_that_trickles_is_a_408_however_often_a_byte_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.05)
    monkeypatch.setattr(guard, "LINGER", 0.01)

    async def trickle() -> Message:
        await asyncio.sleep(0.005)
        return {"type": "http.request", "body": b" ", "more_body": True}

    start, _ = asyncio.run(asked(trickle, JSON))
    assert start["status"] == 408
