"""The routes that change the directory: live soon, all or nothing, and told clearly."""

import errno
import json
import logging
import threading
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from index.versions import Store
from tests.service.conftest import told, wait_until
from tests.small import CHANGES, FLYING, GRIEF, PANIC, SPIDERS, TEENS, THERAPISTS


def first(api: TestClient, text: str, **filters: object) -> str:
    answer = api.post("/v1/match", json={"text": text, "filters": filters}).json()
    return str(answer["matches"][0]["therapist"]["id"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/therapists"),
        ("PATCH", f"/v1/therapists/{GRIEF}"),
        ("DELETE", f"/v1/therapists/{GRIEF}"),
    ],
)
def test_without_an_admin_key_nothing_changes(client: TestClient, method: str, path: str) -> None:
    before = client.get("/v1/version").json()
    answer = client.request(method, path, json={"therapists": [FLYING], "accepting": False})
    told(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert client.get("/v1/version").json() == before


def test_who_is_put_is_found_by_the_server_that_answered(api: TestClient) -> None:
    answer = api.put("/v1/therapists", json={"therapists": [FLYING, THERAPISTS[0]]})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert api.get("/v1/version").json()["version"] == body.pop("version")
    assert body.pop("encoded") >= 1
    assert body == {"added": 1, "changed": 0, "unchanged": 1, "warnings": []}
    assert first(api, "I can't board a plane") == "flying"
    assert first(api, "I can't board a plane", near={"zip": "98104"}) == "flying"
    assert api.get("/v1/therapists/flying").json() == FLYING


def test_putting_nothing_or_the_same_changes_nothing(api: TestClient) -> None:
    before = api.get("/v1/version").json()
    for records in ([], THERAPISTS):
        body = api.put("/v1/therapists", json={"therapists": records}).json()
        assert (body["added"], body["changed"], body["encoded"]) == (0, 0, 0)
        assert body["unchanged"] == len(records)
    assert api.get("/v1/version").json() == before


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"therapists": [FLYING, FLYING | {"id": "x", "fee_min": -1}]}, "therapists.1.fee_min"),
        ({"therapists": [FLYING, FLYING]}, "therapists.1.id"),
        ({"therapists": [FLYING, 7]}, "therapists.1"),
        ({"therapists": FLYING}, "therapists"),
        ({}, "therapists"),
        ({"therapists": [], "Hello Greta": 1}, "body"),
        ([FLYING], "body"),
        (b"", "body"),
        (b"\xff", "body"),
        (b'{"therapists": [{"fee_min": NaN}]}', "body"),
        (b"[" * 100_000, "body"),
        (b'{"therapists": [], "therapists": []}', "body"),
        (b'{"therapists": ["\\ud800"]}', "body"),
    ],
)
def test_a_body_that_is_wrong_changes_nothing_and_names_the_field(
    index: Path, body: Any, field: str
) -> None:
    """In the same process, where only the work apart would be another one."""
    from matcher.merging import BadRecord
    from service.bodies import put_body

    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(BadRecord) as refused:
        put_body(index, sent)
    assert refused.value.wrong[0][0] == field
    assert "Greta" not in str(refused.value)
    assert not (index / CHANGES).exists()


def test_what_is_wrong_is_told_as_a_problem(api: TestClient) -> None:
    wrong = [FLYING | {"fee_min": -1, "zip": "1"}]
    answer = api.put("/v1/therapists", json={"therapists": wrong})
    assert "therapists.0.fee_min: must be at least 0" in told(answer, 422)
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["therapists.0.fee_min", "therapists.0.zip"]
    assert "Flora" not in answer.text
    assert api.get("/v1/therapists/flying").status_code == 404


def test_a_put_may_be_large_and_not_without_bounds(api: TestClient) -> None:
    padding = b" " * (300 * 1024)
    answer = api.put("/v1/therapists", content=b'{"therapists": [' + padding + b"]}")
    assert answer.status_code == 200
    assert "larger than 32 MiB" in told(
        api.put("/v1/therapists", content=b" " * (32 * 1024 * 1024 + 1)), 413
    )
    assert "larger than 256 KiB" in told(
        api.patch(f"/v1/therapists/{GRIEF}", content=b" " * 300_000), 413
    )


def test_a_pause_is_in_the_next_answer(api: TestClient) -> None:
    asked = {"text": "I can't sleep since my mother died", "filters": {"accepting": True}}
    before = api.post("/v1/match", json=asked).json()
    answer = api.patch(f"/v1/therapists/{GRIEF}", json={"accepting": False, "fee_max": None})
    assert answer.status_code == 200
    expected = {n: v for n, v in THERAPISTS[0].items() if n != "fee_max"} | {"accepting": False}
    assert answer.json() == expected == api.get(f"/v1/therapists/{GRIEF}").json()
    after = api.post("/v1/match", json=asked).json()
    assert after["counts"]["qualifying"] == before["counts"]["qualifying"] - 1
    assert after["version"] == before["version"].replace("+0", "+1")
    assert api.get("/v1/version").json()["changes"] == 1


def test_changed_statements_are_searchable(api: TestClient) -> None:
    fields = {"statements": SPIDERS, "accepting": True}
    answer = api.patch(f"/v1/therapists/{PANIC}", json=fields)
    assert answer.status_code == 200, answer.text
    assert answer.json() == THERAPISTS[3] | fields == api.get(f"/v1/therapists/{PANIC}").json()
    assert first(api, "spiders frighten me", accepting=True) == PANIC


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"fee_min": -1}, "fee_min"),
        ({"confirmed": "soon"}, "confirmed"),
        ({"id": TEENS}, "id"),
        ({"name": None}, "name"),
        ({"acepting": False}, "acepting"),
        ({"Greta, please": False}, "(unnamed)"),
        ([], "body"),
    ],
)
def test_an_edit_that_is_wrong_names_the_field(api: TestClient, fields: Any, field: str) -> None:
    answer = api.patch(f"/v1/therapists/{GRIEF}", json=fields)
    told(answer, 422)
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert "Greta" not in answer.text
    assert api.get(f"/v1/therapists/{GRIEF}").json() == THERAPISTS[0]


def test_an_edit_of_nothing_or_under_its_own_id_is_taken(api: TestClient) -> None:
    for fields in ({}, {"id": GRIEF}, {"accepting": True}):
        answer = api.patch(f"/v1/therapists/{GRIEF}", json=fields)
        assert answer.json() == THERAPISTS[0]
    assert api.get("/v1/version").json()["changes"] == 0


def test_nobody_of_that_id_is_a_404(api: TestClient) -> None:
    for fields in ({"accepting": False}, {"statements": SPIDERS}):
        assert told(api.patch("/v1/therapists/nobody", json=fields), 404)
    assert told(api.delete("/v1/therapists/nobody"), 404)


def test_who_is_removed_is_gone_at_once_and_then_from_every_file(
    index: Path, api: TestClient
) -> None:
    before = Store(index).current()
    for id_ in (GRIEF, PANIC):
        answer = api.delete(f"/v1/therapists/{id_}")
        assert (answer.status_code, answer.content) == (204, b"")
        assert api.get(f"/v1/therapists/{id_}").status_code == 404
        told(api.delete(f"/v1/therapists/{id_}"), 404)
    answer = api.post("/v1/match", json={"text": "I can't sleep since my mother died"}).json()
    assert answer["counts"]["directory"] == 3
    wait_until(lambda: served_with(api) == (3, 0))
    assert Store(index).ids() == [Store(index).current()] != [before]
    assert not [p for p in index.rglob("*") if p.is_file() and b"After a death" in p.read_bytes()]


def served_with(api: TestClient) -> tuple[int, int]:
    """How many therapists are in the version itself, and how many changes are over it."""
    answer = api.get("/v1/version").json()
    return answer["counts"]["therapists"], answer["changes"]


def test_the_only_therapist_is_not_removed(api: TestClient) -> None:
    for therapist in THERAPISTS[1:]:
        assert api.delete(f"/v1/therapists/{therapist['id']}").status_code == 204
    assert "delete the index folder" in told(api.delete(f"/v1/therapists/{GRIEF}"), 409)
    wait_until(lambda: served_with(api) == (1, 0))


def test_a_change_waits_for_another_that_is_at_work(index: Path, api: TestClient) -> None:
    locked, tried = threading.Event(), threading.Event()

    def work() -> None:
        with Store(index).locked():
            locked.set()
            tried.wait(5)

    other = threading.Thread(target=work)
    other.start()
    locked.wait()
    threading.Timer(1.0, tried.set).start()
    answer = api.put("/v1/therapists", json={"therapists": [FLYING]})
    assert (answer.status_code, tried.is_set()) == (200, True)
    other.join()


def test_while_another_is_at_work_for_long_one_is_told_when_to_try_again(
    index: Path, api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.admin.PATIENCE", 0.5)
    with Store(index).locked():
        for answer in (
            api.put("/v1/therapists", json={"therapists": [FLYING]}),
            api.patch(f"/v1/therapists/{PANIC}", json={"statements": SPIDERS}),
        ):
            assert "try again" in told(answer, 503)
            assert str(index) not in answer.text
            assert int(answer.headers["retry-after"]) > 0
        assert api.patch(f"/v1/therapists/{PANIC}", json={"accepting": True}).status_code == 200
        assert api.delete(f"/v1/therapists/{PANIC}").status_code == 204
    wait_until(lambda: served_with(api) == (4, 0))


def test_a_folder_that_takes_no_more_is_told_and_loses_nothing(
    index: Path, api: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("index.folder.append_lines", full)
    answer = api.patch(f"/v1/therapists/{GRIEF}", json={"accepting": False})
    assert "No space left on device" in told(answer, 507)
    assert str(index) not in answer.text
    told(api.delete(f"/v1/therapists/{GRIEF}"), 507)
    assert api.get(f"/v1/therapists/{GRIEF}").json() == THERAPISTS[0]


def test_a_live_version_that_is_damaged_is_told_and_served_on(
    index: Path, api: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    (Store(index).open().folder / "hubs.npy").write_bytes(b"")
    answer = api.put("/v1/therapists", json={"therapists": [FLYING]})
    assert "the server's log says why" in told(answer, 503)
    assert "hubs.npy" in caplog.text
    assert first(api, "I can't sleep since my mother died") == GRIEF


def test_nothing_of_a_record_is_logged(
    index: Path,
    api: TestClient,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    canary = "Quetzalcoatlus"
    odd = FLYING | {"name": canary, "fee_min": -1}
    with caplog.at_level(logging.DEBUG):
        for path in ("", f"/{GRIEF}"):
            send = api.patch if path else api.put
            send(f"/v1/therapists{path}", json={"therapists": [odd], "name": canary, "fee_min": -1})
        api.patch(f"/v1/therapists/{GRIEF}", json={"name": canary})
        api.put("/v1/therapists", json={"therapists": [FLYING | {"name": canary}]})
    shown = capfd.readouterr()
    assert canary not in caplog.text + shown.out + shown.err


def test_the_version_is_told(index: Path, api: TestClient) -> None:
    manifest, entry = Store(index).open().manifest, Store(index).history.entries()[-1]
    assert api.get("/v1/version").json() == {
        "version": Store(index).current(),
        "changes": 0,
        "published": entry.published,
        "format": manifest["format"],
        "encoder": {n: manifest["encoder"][n] for n in ("name", "fingerprint")},
        "counts": dict(manifest["counts"]),
    }


def test_every_answer_is_described(api: TestClient) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    described = {
        (path, method): set(operation["responses"])
        for path, operations in paths.items()
        for method, operation in operations.items()
        if path.startswith("/v1/therapists") and method != "get"
    }
    faults = {"401", "403", "500", "503", "507"}
    assert described == {
        ("/v1/therapists", "put"): {"200", "413", "422"} | faults,
        ("/v1/therapists/{id}", "patch"): {"200", "404", "412", "413", "422"} | faults,
        ("/v1/therapists/{id}", "delete"): {"204", "404", "409", "412"} | faults,
    }
    put = paths["/v1/therapists"]["put"]["requestBody"]["content"]["application/json"]
    assert "$ref" not in json.dumps(put["schema"])
    example = put["example"]
    assert api.put("/v1/therapists", json=example).status_code == 200
