"""Who is let in by which key, how often, and what those hear who are not."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient

from service import keys
from service.access import address
from service.app import create
from service.settings import Settings
from tests.service.conftest import serving

TEXT = "I can't sleep since my mother died"
DANGER = "I want to kill myself"
READS = [
    ("POST", "/v1/match"),
    ("POST", "/v1/counts"),
    ("GET", "/v1/therapists/t-grief"),
    ("GET", "/v1/therapists/t-grief/similar"),
    ("GET", "/v1/approaches"),
    ("GET", "/v1/approaches/cbt"),
]
OPEN = ["/", "/healthz", "/readyz", "/static/page.css", "/openapi.json", "/docs"]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def guarded(built: Path, file: Path) -> Iterator[TestClient]:
    """The application with a key file."""
    app = create(Settings(index=built, keys=file))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def tokens(file: Path) -> Iterator[dict[str, str]]:
    """A match key and an admin key, for one test."""
    yield {scope: keys.add(file, scope, [scope])[1] for scope in keys.SCOPES}
    file.write_text("[]")
    file.chmod(0o600)


def ask(client: TestClient, method: str, path: str, *given: str | bytes) -> Any:
    headers = [("Authorization", value) for value in given]
    body = {"text": TEXT} if path == "/v1/match" else {} if method == "POST" else None
    return client.request(method, path, json=body, headers=headers)  # type: ignore[arg-type]


def test_while_there_are_no_keys_everybody_on_this_machine_may_match(guarded: TestClient) -> None:
    for method, path in READS:
        assert ask(guarded, method, path).status_code in (200, 404)
    assert ask(guarded, "POST", "/v1/match", "Bearer whatever").status_code == 200


def test_as_soon_as_there_is_a_key_matching_needs_one(
    guarded: TestClient, tokens: dict[str, str]
) -> None:
    for method, path in READS:
        told = ask(guarded, method, path)
        assert (told.status_code, told.json()["status"]) == (401, 401)
        assert told.headers["content-type"] == "application/problem+json"
        assert told.headers["www-authenticate"] == 'Bearer realm="matcher"'
        for token in tokens.values():
            assert ask(guarded, method, path, f"bearer {token}").status_code in (200, 404)


def test_the_page_and_what_watches_need_none(guarded: TestClient, tokens: dict[str, str]) -> None:
    for path in OPEN:
        assert guarded.get(path).status_code == 200, path
    assert guarded.post("/", data={"text": TEXT}).status_code == 200


NOBODY = "/v1/therapists/nobody"


def test_changing_the_directory_needs_an_admin_key_even_where_there_are_no_keys(
    guarded: TestClient,
) -> None:
    assert ask(guarded, "DELETE", NOBODY).status_code == 401


def test_changing_the_directory_needs_an_admin_key(
    guarded: TestClient, tokens: dict[str, str], file: Path
) -> None:
    told = ask(guarded, "DELETE", NOBODY, f"Bearer {tokens['match']}")
    assert told.status_code == 403
    assert 'error="insufficient_scope", scope="admin"' in told.headers["www-authenticate"]
    assert ask(guarded, "DELETE", NOBODY, f"Bearer {tokens['admin']}").status_code == 404
    keys.revoke(file, "admin")
    assert ask(guarded, "DELETE", NOBODY, f"Bearer {tokens['admin']}").status_code == 401


def test_a_large_body_is_not_read_from_who_has_no_admin_key(built: Path, file: Path) -> None:
    with serving(built, "--keys", str(file)) as base:
        host = httpx2.URL(base)
        with socket.create_connection((host.host, host.port)) as connection:
            head = (
                "PUT /v1/therapists HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30000000\r\n\r\n"
            )
            connection.sendall(head.encode())
            connection.settimeout(5)
            assert connection.recv(4096).startswith(b"HTTP/1.1 401 ")


def test_a_revoked_key_is_turned_away_at_once(
    guarded: TestClient, tokens: dict[str, str], file: Path
) -> None:
    assert ask(guarded, "POST", "/v1/match", f"Bearer {tokens['match']}").status_code == 200
    keys.revoke(file, "match")
    assert ask(guarded, "POST", "/v1/match", f"Bearer {tokens['match']}").status_code == 401


@pytest.mark.parametrize(
    "given",
    [
        ["Bearer zanzibar"],
        ["Bearer"],
        ["Bearer "],
        ["zanzibar"],
        ["Basic zanzibar:{token}"],
        ["Bearer {token}x"],
        ["Bearer x{token}"],
        ["Bearer {token} zanzibar"],
        ["Bearer {token}, Bearer zanzibar"],
        ["Bearer {token}", "Bearer {token}"],
        ["Bearer zanzibar", "Bearer {token}"],
        ["Bearer {token}", "Bearer zanzibar"],
        ["Basic zanzibar", "Bearer {token}"],
        ["Bearer zanzibar-ü".encode()],
        [b"Bearer zanzibar\xff\xfe"],
        ["Bearer " + "zanzibar" * 1000],
    ],
    ids=repr,
)
def test_what_is_no_key_is_turned_away_and_never_repeated(
    given: list[str | bytes],
    guarded: TestClient,
    tokens: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    sent = [v.replace("{token}", tokens["match"]) if isinstance(v, str) else v for v in given]
    told = ask(guarded, "POST", "/v1/match", *sent)
    assert told.status_code == 401
    assert 'error="invalid_token"' in told.headers["www-authenticate"]
    said = told.text + str(told.headers) + caplog.text
    assert "zanzibar" not in said
    assert tokens["match"] not in said


def test_a_key_elsewhere_than_in_its_header_is_none(
    guarded: TestClient, tokens: dict[str, str]
) -> None:
    token = tokens["match"]
    for sent in (
        {"params": {"access_token": token}},
        {"headers": {"X-API-Key": token}},
        {"headers": {"Proxy-Authorization": f"Bearer {token}"}},
        {"headers": {"Cookie": f"Authorization=Bearer {token}"}},
    ):
        assert guarded.get("/v1/approaches", **sent).status_code == 401  # type: ignore[arg-type]


def test_a_file_that_cannot_be_read_lets_nobody_in_and_says_so(
    guarded: TestClient, tokens: dict[str, str], file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = file.read_text()
    file.write_text("zanzibar")
    boss = f"Bearer {tokens['admin']}"
    for told in (
        ask(guarded, "POST", "/v1/match"),
        ask(guarded, "POST", "/v1/match", boss),
        ask(guarded, "DELETE", "/v1/therapists/t-0001", boss),
    ):
        assert (told.status_code, told.headers["retry-after"]) == (503, "10")
        assert str(file) not in told.text
    assert caplog.text.count("is no file of keys") == 1
    danger = guarded.post("/v1/match", json={"text": DANGER})
    assert danger.json()["crisis"]["kind"] == "suicide"
    assert guarded.post("/", data={"text": TEXT}).status_code == 200
    file.write_text(good)
    assert ask(guarded, "POST", "/v1/match", f"Bearer {tokens['match']}").status_code == 200


def test_the_description_tells_where_a_key_goes(guarded: TestClient) -> None:
    guarded.get("/openapi.json")
    document = guarded.get("/openapi.json").json()
    paths, schemes = document["paths"], document["components"]["securitySchemes"]
    assert schemes["key"]["scheme"] == schemes["admin-key"]["scheme"] == "bearer"
    match = paths["/v1/match"]["post"]
    assert match["security"] == [{"key": []}, {}], "needed only once there is a key"
    assert {"401", "429", "503"} <= match["responses"].keys()
    assert "Retry-After" in match["responses"]["429"]["headers"]
    assert paths["/v1/therapists/{id}"]["delete"]["security"] == [{"admin-key": []}]
    assert "security" not in paths["/healthz"]["get"]


@pytest.fixture(scope="module")
def rated(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    file = tmp_path_factory.mktemp("rated") / "keys.json"
    return create(Settings(index=built, keys=file, rate="2/hour")), file


def from_(app: Any, host: str) -> TestClient:
    return TestClient(app, client=(host, 50000), raise_server_exceptions=False)


def test_who_asks_too_often_is_told_when_to_come_again(rated: Any) -> None:
    client = from_(rated[0], "192.0.2.1")
    assert client.post("/v1/match", json={"text": TEXT}).status_code == 200
    assert client.post("/v1/counts", json={}).status_code == 200
    told = client.post("/v1/match", json={"text": TEXT, "limit": "wrong"})
    assert (told.status_code, told.json()["title"]) == (429, "Too Many Requests")
    assert told.headers["content-type"] == "application/problem+json"
    assert 3500 < int(told.headers["retry-after"]) <= 3600
    assert TEXT not in told.text
    assert "crisis" not in told.json()
    danger = client.post("/v1/match", json={"text": DANGER}).json()
    assert danger["crisis"]["kind"] == "suicide", "whom to call is told all the same"
    assert client.get("/v1/therapists/t-grief/similar").status_code == 429
    assert client.get("/v1/approaches").status_code == 200, "what costs nothing is not limited"
    assert client.get("/").status_code == 200
    assert from_(rated[0], "192.0.2.2").post("/v1/match", json={"text": TEXT}).status_code == 200


def test_the_page_keeps_what_was_typed_and_tells_whom_to_call(rated: Any) -> None:
    client = from_(rated[0], "192.0.2.3")
    for _ in range(2):
        assert client.post("/", data={"text": TEXT}).status_code == 200
    page = client.post("/", data={"text": DANGER, "state": "WA"})
    assert page.status_code == 429
    assert 3500 < int(page.headers["retry-after"]) <= 3600
    assert "Please try again in 60 minutes." in page.text
    assert f"{DANGER}</textarea>" in page.text
    assert '<option value="WA" selected>' in page.text
    assert "988" in page.text
    assert 'id="crisis"' in page.text
    assert client.post("/v1/match", json={"text": TEXT}).status_code == 429, "it is one rate"


@pytest.mark.parametrize(
    ("number", "header"), list(enumerate(["X-Forwarded-For", "Forwarded", "X-Real-IP", "Host"]))
)
def test_no_header_makes_somebody_else_of_a_caller(rated: Any, number: int, header: str) -> None:
    client = from_(rated[0], f"198.51.100.{number}")
    found = [
        client.post("/v1/counts", json={}, headers={header: f"203.0.113.{n}"}).status_code
        for n in range(4)
    ]
    assert found == [200, 200, 429, 429]


def test_each_key_has_a_rate_of_its_own(rated: Any) -> None:
    app, file = rated
    client = from_(app, "192.0.2.9")
    sent = [{"Authorization": f"Bearer {keys.add(file, n, ['match'])[1]}"} for n in ("a", "b")]
    try:
        found = [
            [client.post("/v1/counts", json={}, headers=who).status_code for _ in range(3)]
            for who in sent
        ]
        assert found == [[200, 200, 429], [200, 200, 429]]
        assert client.post("/v1/counts", json={}).status_code == 401, "not a matter of rates"
    finally:
        for name in ("a", "b"):
            keys.revoke(file, name)


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("2001:db8:1:2::9", "20010db800010002::/64"),
        ("", "unknown"),
        ("x" * 1000, "unknown"),
        ("192.0.2.1, 192.0.2.2", "unknown"),
    ],
)
def test_an_ipv6_site_is_one_caller(host: str, counted: str) -> None:
    assert address(host).zfill(len(counted)) == counted


def asked(base: str, *forwarded: str) -> int:
    headers = [("X-Forwarded-For", value) for value in forwarded]
    return httpx2.post(f"{base}/v1/counts", json={}, headers=headers, timeout=30).status_code


def test_a_proxy_is_believed_where_it_is_named_and_no_further(built: Path) -> None:
    with serving(built, "--rate", "1/hour", "--proxies", "127.0.0.1") as base:
        assert asked(base, "192.0.2.1") == 200
        assert asked(base, "192.0.2.2") == 200
        assert asked(base, "192.0.2.1") == 429
        # What a client puts in front of what the proxy adds changes nothing.
        assert asked(base, "203.0.113.9, 192.0.2.2") == 429
        assert asked(base, "203.0.113.9", "192.0.2.2") == 429
        assert asked(base, "203.0.113.9, garbage") == 200
        assert asked(base, "203.0.113.8, other garbage") == 429, "all that is no address is one"
    with serving(built, "--rate", "1/hour") as base:
        assert asked(base, "192.0.2.1") == 200
        assert asked(base, "192.0.2.2") == 429, "nobody is believed unless named"
