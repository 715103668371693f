"""The HTTP API as a directory's engineer meets it."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matcher import Matcher
from service.guard import LARGEST_BODY
from tests.small import BOUNDARIES, COUPLES, GRIEF, PANIC, TEENS, THERAPISTS

TEXT = "I can't sleep since my mother died"
CANARY = "zanzibar-teapot"


def match(client: TestClient, **body: Any) -> dict[str, Any]:
    answer = client.post("/v1/match", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_match_is_the_whole_record_with_evidence(client: TestClient, small: Matcher) -> None:
    found = match(client, text=TEXT, limit=1)
    assert found.keys() == {
        "matches", "good_match", "understood", "counts", "crisis", "version"
    }  # fmt: skip
    (only,) = found["matches"]
    assert only["therapist"] == THERAPISTS[0]
    for evidence in only["evidence"]:
        statement = only["therapist"]["statements"][evidence["statement"]]
        assert evidence["quote"] == statement["text"][evidence["start"] : evidence["end"]]
        assert evidence["about"] == statement["about"]
        assert evidence["struggle"] == TEXT
    assert found["counts"] == {"directory": 5, "qualifying": 5}
    assert found["good_match"] is True
    assert found["crisis"] is None
    assert found["version"] == f"{small.version.id}+0"


def test_the_answer_is_what_python_gives(client: TestClient, small: Matcher) -> None:
    asked = {"text": TEXT, "filters": {"state": "WA"}, "limit": 2}
    assert match(client, **asked) == small.match(TEXT, {"state": "WA"}, 2).body()


def test_filters_narrow(client: TestClient) -> None:
    found = match(client, text=TEXT, filters={"insurance": ["cigna"], "max_fee": 200})
    assert [m["therapist"]["id"] for m in found["matches"]] == [BOUNDARIES]
    assert found["counts"] == {"directory": 5, "qualifying": 1}


def test_a_filter_nobody_meets_is_an_empty_list(client: TestClient) -> None:
    found = match(client, text=TEXT, filters={"languages": ["Klingon"]})
    assert (found["matches"], found["good_match"]) == ([], False)


def test_feedback_moves_the_answer(client: TestClient, small: Matcher) -> None:
    feedback: dict[str, Any] = {"like": [TEENS, "x"], "unlike": [COUPLES], "misread": ["grief"]}
    found = match(client, text=TEXT, **feedback)
    assert found == small.match(TEXT, **feedback).body()
    ids = [m["therapist"]["id"] for m in found["matches"]]
    assert (ids[0], COUPLES in ids, len(ids)) == (TEENS, False, 4)
    assert found["counts"] == {"directory": 5, "qualifying": 5}
    assert "grief" not in [issue["issue"] for issue in found["understood"]["issues"]]
    empty: dict[str, Any] = {"like": [], "unlike": [], "misread": []}
    assert match(client, text=TEXT, **empty) == match(client, text=TEXT)


def test_danger_comes_with_someone_to_call_beside_the_matches(client: TestClient) -> None:
    found = match(client, text="I don't want to live anymore")
    assert found["crisis"]["kind"] == "suicide"
    assert found["crisis"]["resources"][0] == {
        "name": "988 Suicide & Crisis Lifeline",
        "call": "988",
        "text": "988",
        "url": "https://988lifeline.org",
    }
    assert len(found["matches"]) == 5


def test_answers_to_a_client_are_never_stored(client: TestClient) -> None:
    for answer in (
        client.post("/v1/match", json={"text": TEXT}),
        client.post("/v1/match", json={"text": ""}),
        client.post("/v1/counts", json={"filters": {"state": "WA"}}),
        client.post("/v1/counts", json={"filters": {"shoe_size": 9}}),
        client.post("/", data={"text": TEXT}),
    ):
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n"}, "text"),
        ({"text": CANARY + "x" * 4000}, "text"),
        ({"text": CANARY + "\x00"}, "text"),
        ({"text": None}, "text"),
        ({"text": [CANARY]}, "text"),
        ({"text": 7}, "text"),
        ({"text": TEXT, "colour": CANARY}, "colour"),
        ({"text": TEXT, "limit": 0}, "limit"),
        ({"text": TEXT, "limit": 101}, "limit"),
        ({"text": TEXT, "limit": "10"}, "limit"),
        ({"text": TEXT, "limit": 2.5}, "limit"),
        ({"text": TEXT, "min_score": "high"}, "min_score"),
        ({"text": TEXT, "min_score": "1"}, "min_score"),
        ({"text": TEXT, "filters": {"max_fee": True}}, "filters.max_fee"),
        ({"text": TEXT, "filters": []}, "filters"),
        ({"text": TEXT, "filters": {"shoe_size": 9}}, "filters.shoe_size"),
        ({"text": TEXT, "filters": {"telehealth": CANARY}}, "filters.telehealth"),
        ({"text": TEXT, "filters": {"insurance": CANARY}}, "filters.insurance"),
        ({"text": TEXT, "filters": {"near": {"zip": CANARY}}}, "filters.near.zip"),
        ({"text": TEXT, f"{CANARY} is what hurts": 1}, "(unnamed)"),
        ({"text": TEXT, "like": CANARY}, "like"),
        ({"text": TEXT, "like": [GRIEF, 7]}, "like.1"),
        ({"text": TEXT, "like": ["a", "b", "c", f"{CANARY} hurts"]}, "like.3"),
        ({"text": TEXT, "unlike": [CANARY * 5]}, "unlike.0"),
        ({"text": TEXT, "unlike": [CANARY] * 21}, "unlike"),
        ({"text": TEXT, "like": [CANARY], "unlike": [GRIEF, CANARY]}, "unlike.1"),
        ({"text": TEXT, "misread": CANARY}, "misread"),
        ({"text": TEXT, "misread": [None]}, "misread.0"),
        ({"text": TEXT, "misread": [CANARY] * 21}, "misread"),
        ([CANARY], "body"),
        (CANARY, "body"),
        (None, "body"),
    ],
)
def test_a_wrong_request_is_a_problem_that_names_the_field_and_repeats_nothing(
    client: TestClient, body: Any, field: str
) -> None:
    answer = client.post("/v1/match", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert {"type", "title", "status", "detail", "errors"} == told.keys()
    assert told["status"] == 422
    assert field in [error["field"] for error in told["errors"]]
    assert CANARY not in answer.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"text": "zanzibar-teapot',
        b'{"text": "zanzibar-teapot \\ud800"}',
        b'{"text": "zanzibar-teapot \xff"}',
        b'{"text": "zanzibar-teapot", "min_score": NaN}',
        b'{"text": "zanzibar-teapot", "min_score": 1e999}',
        b'{"text": "zanzibar-teapot", "limit": 1' + b"0" * 400 + b"}",
        b'{"text": "zanzibar-teapot", "limit": 1' + b"0" * 9000 + b"}",
        b'{"text": ' + b"[" * 60_000 + b"]" * 60_000 + b"}",
    ],
)
def test_bytes_that_are_no_request_are_a_problem_too(client: TestClient, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/v1/match", content=content, headers=headers)
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text


def test_a_body_past_the_bound_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/match", content=b" " * (LARGEST_BODY + 1))
    assert (answer.status_code, answer.json()["status"]) == (413, 413)


def test_the_longest_text_is_taken_however_it_is_escaped(client: TestClient) -> None:
    text = "😀" + "é" * 3998 + "a"
    assert len(json.dumps({"text": text})) > 20_000
    assert match(client, text=text, limit=1)["matches"]


def test_a_therapist_is_the_record_as_given(client: TestClient) -> None:
    assert client.get(f"/v1/therapists/{GRIEF}").json() == THERAPISTS[0]
    answer = client.get("/v1/therapists/nobody")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no therapist has this id")
    assert answer.headers["content-type"] == "application/problem+json"


def test_those_like_a_therapist_come_nearest_first(client: TestClient, small: Matcher) -> None:
    found = client.get(f"/v1/therapists/{GRIEF}/similar").json()
    assert found["version"] == f"{small.version.id}+0"
    listed = small.similar(GRIEF)
    assert listed is not None
    assert found["matches"] == [
        {"therapist": one.therapist.record, "score": one.score} for one in listed
    ]
    assert {m["therapist"]["id"] for m in found["matches"]} == {BOUNDARIES, COUPLES, PANIC, TEENS}
    two = client.get(f"/v1/therapists/{GRIEF}/similar?limit=2").json()
    assert two["matches"] == found["matches"][:2]
    answer = client.get("/v1/therapists/nobody/similar")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no therapist has this id")


@pytest.mark.parametrize("limit", ["0", "101", "many", ""])
def test_a_wrong_limit_in_an_address_is_named(client: TestClient, limit: str) -> None:
    answer = client.get(f"/v1/therapists/{GRIEF}/similar", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["field"] for error in answer.json()["errors"]] == ["limit"]


def test_approaches_are_listed_with_their_descriptions(client: TestClient) -> None:
    listed = client.get("/v1/approaches").json()["approaches"]
    assert [(a["approach"], a["therapists"]) for a in listed] == [
        ("cbt", 1),
        ("emotionally-focused", 1),
        ("relational", 1),
    ]
    assert all(a["description"] for a in listed)


def test_an_approach_page_has_its_therapists(client: TestClient) -> None:
    page = client.get("/v1/approaches/Relational Therapy").json()
    assert page["approach"] == "relational"
    assert page["therapists"] == [THERAPISTS[0]]
    assert client.get("/v1/approaches/nothing").status_code == 404


def test_an_approach_with_a_slash_in_its_name_can_be_fetched(client: TestClient) -> None:
    answer = client.get("/v1/approaches/mind%2Fbody")
    assert "nobody in this directory practises" in answer.json()["detail"]


def test_health_and_readiness(client: TestClient, small: Matcher) -> None:
    assert client.get("/healthz").json()["status"] == "up"
    assert client.get("/readyz").json() == {"status": "ready", "version": small.version.id}


@pytest.mark.parametrize("path", ["/nowhere", "/v1/match", "/static/../app.py"])
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_description_and_its_page_need_nothing_from_elsewhere(client: TestClient) -> None:
    described = client.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    told = described["paths"]["/v1/match"]["post"]["responses"]
    assert told.keys() == {"200", "400", "401", "413", "422", "429", "500", "503"}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert all(told[status]["content"] == problem for status in told if status != "200")
    schemas = described["components"]["schemas"]
    assert "Problem" in schemas
    like = schemas["MatchRequest"]["properties"]["like"]
    assert (like["maxItems"], like["items"]["pattern"]) == (20, "^[A-Za-z0-9._-]{1,64}$")
    told = described["paths"]["/v1/therapists/{id}/similar"]["get"]["responses"]
    assert {status: told[status]["content"] for status in ("404", "422")} == {
        "404": problem,
        "422": problem,
    }
    assert "HTTPValidationError" not in str(described)
    assert described == client.get("/openapi.json").json()
    docs = client.get("/docs")
    assert docs.status_code == 200
    assert "http://" not in docs.text
    assert "https://" not in docs.text
    for asset in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert client.get(f"/static-offline-docs/{asset}").status_code == 200


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/v1/approaches", "/nowhere", "/static/page.css"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
