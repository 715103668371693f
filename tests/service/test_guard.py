"""What a crash in a handler says, and what it keeps to itself."""

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware import Middleware

from service.guard import Guard

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
