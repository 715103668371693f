"""What pages of other origins may call."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.middleware import Middleware

from service.cors import CrossOrigin

SITE = "https://directory.example"


def app(*origins: str) -> TestClient:
    app = FastAPI(middleware=[Middleware(CrossOrigin, origins=origins)])

    @app.post("/v1/match")
    @app.post("/")
    def answer() -> str:
        return "answered"

    return TestClient(app)


def preflight(client: TestClient, path: str = "/v1/match", **asked: str) -> dict[str, str]:
    headers = {"Origin": SITE, "Access-Control-Request-Method": "POST", **asked}
    answer = client.options(path, headers=headers)
    found = {k: v for k, v in answer.headers.items() if k.startswith("access-control")}
    return {"status": str(answer.status_code), **found}


def test_it_is_off_unless_an_origin_is_named() -> None:
    assert preflight(app()) == {"status": "405"}
    assert (
        "access-control-allow-origin"
        not in app().post("/v1/match", headers={"Origin": SITE}).headers
    )


def test_a_page_of_a_named_origin_may_call_the_api_and_read_when_to_come_again() -> None:
    client = app(SITE)
    told = preflight(client, **{"Access-Control-Request-Headers": "authorization, content-type"})
    assert (told["status"], told["access-control-allow-origin"]) == ("200", SITE)
    assert "access-control-allow-credentials" not in told
    answer = client.post("/v1/match", headers={"Origin": SITE})
    assert answer.headers["access-control-allow-origin"] == SITE
    assert "Retry-After" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://directory.example.evil.example",
        "http://directory.example",
        "https://directory.example:444",
        "null",
        "https://directory.example, https://evil.example",
    ],
)
def test_no_other_page_may(origin: str) -> None:
    client = app(SITE)
    answer = client.post("/v1/match", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers
    assert preflight(client, Origin=origin)["status"] == "400"


def test_neither_the_page_nor_what_changes_the_directory_is_open() -> None:
    client = app(SITE)
    assert preflight(client, "/") == {"status": "405"}
    assert preflight(client, **{"Access-Control-Request-Method": "DELETE"})["status"] == "400"
    assert preflight(client, **{"Access-Control-Request-Headers": "x-other"})["status"] == "400"
