"""The counts of the HTTP API: how many would remain for each further choice."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from matcher import Matcher
from matcher.filters import Filters

CANARY = "zanzibar-teapot"


def counts(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/counts", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"state": "wa", "insurance": ["aetna"]},
        {"near": {"zip": "98101"}, "not_approaches": ["cbt"]},
        {"languages": ["Klingon"], "max_fee": 10},
    ],
)
def test_the_answer_is_what_python_gives(
    client: TestClient, small: Matcher, filters: dict[str, Any]
) -> None:
    found = counts(client, filters=filters)
    assert found == small.counts(filters).body()
    # True and 1 are equal in Python, and not the same in JSON.
    assert all(type(choice["value"]) is bool for choice in found["choices"]["telehealth"])
    assert all(type(choice["value"]) is int for choice in found["choices"]["max_fee"])


def test_every_filter_has_its_choices(client: TestClient) -> None:
    offered = Filters.model_fields.keys() - {"not_approaches"}
    assert counts(client, filters={"near": {"zip": "98101"}})["choices"].keys() == offered
    assert counts(client)["choices"].keys() == offered - {"near"}


def test_the_numbers_are_told_for_each_filter(client: TestClient, small: Matcher) -> None:
    found = counts(client, filters={"state": "OR", "accepting": False})
    assert found["counts"] == {"directory": 5, "qualifying": 1}
    assert found["choices"]["accepting"] == [
        {"value": False, "therapists": 1},
        {"value": True, "therapists": 1},
    ]
    assert found["without"] == [
        {"filter": "accepting", "therapists": 2},
        {"filter": "state", "therapists": 1},
    ]
    assert found["version"] == f"{small.version.id}+0"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"filters": {"shoe_size": 9}}, "filters.shoe_size"),
        ({"filters": {"telehealth": CANARY}}, "filters.telehealth"),
        ({"filters": {"near": {"zip": CANARY}}}, "filters.near.zip"),
        ({"filters": [CANARY]}, "filters"),
        ({"filters": None}, "filters"),
        ({"text": CANARY}, "text"),
        ([CANARY], "body"),
        (None, "body"),
    ],
)
def test_a_wrong_request_is_a_problem_that_names_the_field_and_repeats_nothing(
    client: TestClient, body: Any, field: str
) -> None:
    answer = client.post("/v1/counts", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert CANARY not in answer.text


def test_bytes_that_are_no_json_are_a_problem_too(client: TestClient) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/counts", content=b'{"filters": {"sta', headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_it_is_described(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    told = described["paths"]["/v1/counts"]["post"]["responses"]
    assert told.keys() == {"200", "400", "401", "408", "413", "422", "429", "500", "503"}
    choices = described["components"]["schemas"]["ChoicesBody"]
    assert choices["properties"].keys() == Filters.model_fields.keys() - {"not_approaches"}
    assert "near" not in choices["required"]
