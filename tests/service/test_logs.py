"""The log: a line a request that a program reads, and never what a client wrote."""

import asyncio
import io
import json
import logging
import logging.config
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service import logs
from service.app import create
from service.settings import Settings
from tests.small import GRIEF

CANARY = "zanzibar-teapot"
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What the log has since the last look, with logging set up as `matcher serve` does."""
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root, matcher = logging.getLogger(), logging.getLogger("matcher")
    before = root.handlers[:], root.level, matcher.level
    logging.config.dictConfig(logs.config())

    def read() -> list[dict[str, Any]]:
        told = written.getvalue()
        written.truncate(written.seek(0))
        return [json.loads(line) for line in told.splitlines()]

    yield read
    root.handlers[:] = before[0]
    root.setLevel(before[1])
    matcher.setLevel(before[2])


@pytest.fixture
def asked(built: Path, lines: Lines) -> TestClient:
    return TestClient(create(Settings(index=built)), raise_server_exceptions=False)


def test_a_request_is_a_line_of_json(asked: TestClient, lines: Lines) -> None:
    asked.get(f"/v1/therapists/{GRIEF}", params={"a": CANARY}, headers={"X-Request-ID": "abc.1"})
    (line,) = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+\+00:00", line.pop("time"))
    assert line.pop("ms") > 0
    assert line == {
        "level": "INFO",
        "logger": "matcher.requests",
        "message": "GET /v1/therapists/{id} 200",
        "request": "abc.1",
        "method": "GET",
        "route": "/v1/therapists/{id}",
        "status": 200,
        "waiting_ms": 0.0,
        "version": asked.get("/readyz").json()["version"],
    }


def test_an_id_is_taken_over_where_it_is_safe_and_made_where_it_is_not(asked: TestClient) -> None:
    def told(**given: str) -> str:
        return str(asked.get("/healthz", headers=given).headers["X-Request-ID"])

    assert told(**{"X-Request-ID": "a" * 64}) == "a" * 64
    for wrong in ("a" * 65, "a b", "", 'a"b', "a\tb", "\u00e9"):
        made = asked.get("/healthz", headers=[(b"X-Request-ID", wrong.encode("latin-1"))])
        assert re.fullmatch("[0-9a-f]{32}", made.headers["X-Request-ID"])
    assert told() != told()


def test_an_error_holds_the_id_that_its_line_has(asked: TestClient, lines: Lines) -> None:
    answer = asked.post("/v1/match", json={"text": ""})
    assert answer.json()["request"] == answer.headers["X-Request-ID"] == lines()[-1]["request"]


def test_what_is_typed_or_called_is_in_no_line(asked: TestClient, lines: Lines) -> None:
    asked.post("/v1/match", json={"text": CANARY})
    asked.post("/v1/match", json={CANARY: CANARY})
    asked.get(f"/{CANARY}", params={"text": CANARY})
    asked.request(CANARY.upper(), "/", headers={"X-Request-ID": CANARY + " ", "Referer": CANARY})
    found = lines()
    assert [line["status"] for line in found] == [200, 422, 404, 405]
    assert CANARY not in json.dumps(found).casefold()


def test_of_an_error_its_kind_and_place_are_told(lines: Lines) -> None:
    try:
        raise ValueError(CANARY)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("it\nbroke: %s", CANARY)
    (line,) = lines()
    assert line["message"].startswith("it (ValueError at test_logs.py:")
    assert CANARY not in str(line)
    assert "Traceback" not in str(line)


def test_a_task_that_fails_unheard_does_not_tell_why(lines: Lines) -> None:
    async def fail() -> None:
        raise ValueError(CANARY)

    async def forget() -> None:
        task = asyncio.create_task(fail())
        await asyncio.sleep(0)
        del task

    asyncio.run(forget())
    (line,) = lines()
    assert line["message"].startswith("Task exception was never retrieved")
    assert CANARY not in str(line)


def test_a_person_at_a_terminal_reads_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert logs.config()["handlers"]["stderr"]["formatter"] == "plain"
