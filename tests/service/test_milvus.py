"""Serving from a Milvus: changes by the API, and what is said while it is away."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from index.versions import Store
from index.where import settings
from matcher.build import build
from service import keys
from service.app import create
from service.cli import matcher
from service.settings import Settings
from tests.index.milvus.serving import Server
from tests.index.milvus.serving import serving as running
from tests.service.conftest import free_port, serving, told, wait_until
from tests.small import FLYING, GRIEF, LOOSE, write_directory

PANICKING = {"text": "My heart races and I think I will die. I want to end my life."}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A Milvus with the small directory in it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with running(tmp_path / "served.db") as server:
        build(write_directory(tmp_path / "directory.jsonl"), server.where)
        yield server


def test_while_milvus_is_away_the_server_is_not_ready_and_comes_back_by_itself(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("index.rows.DECODED", 0)  # as in a directory too large for memory
    app = create(Settings(index=server.where))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get("/readyz").status_code == 200
        before = client.post("/v1/match", json=PANICKING).json()
        with caplog.at_level(logging.INFO):
            server.stop()
            wait_until(lambda: client.get("/readyz").status_code == 503, 20)
            assert "can't be reached" in told(client.get("/readyz"), 503)
            assert client.get("/healthz").status_code == 200
            assert "matcher_reloads_total" in client.get("/metrics").text
            answer = client.post("/v1/match", json=PANICKING)
            assert "can't be reached" in told(answer, 503)
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["crisis"]["kind"], "whom to call is told whatever is away"
            one = client.post("/v1/match/batch", json={"requests": [PANICKING]}).json()["answers"]
            assert (one[0]["status"], one[0]["crisis"]["kind"]) == (503, "suicide")
            page = client.post("/", data=PANICKING)
            assert (page.status_code, "988" in page.text) == (503, True)
            assert "can't be reached" in told(client.get(f"/v1/therapists/{GRIEF}/similar"), 503)
        assert PANICKING["text"][:14] not in caplog.text
        server.start()
        wait_until(lambda: client.get("/readyz").status_code == 200, 20)
        assert client.post("/v1/match", json=PANICKING).json() == before


def test_a_version_published_by_another_is_followed(server: Server, tmp_path: Path) -> None:
    with TestClient(create(Settings(index=server.where))) as client:
        more = write_directory(tmp_path / "more.jsonl", [FLYING])
        version = build(more, server.where, LOOSE).version
        wait_until(lambda: client.get("/readyz").json()["version"] == version, 20)
        Store(server.where).rollback()
        wait_until(lambda: client.get("/readyz").json()["version"] != version, 20)


def test_a_server_over_a_file_takes_changes_which_are_made_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    where = f"milvus:{tmp_path}/lite.db"
    build(write_directory(tmp_path / "directory.jsonl"), where)
    made = ["keys", "add", "the directory", "--scope", "admin", "--index", where]
    token = CliRunner().invoke(matcher, made).stdout.strip().splitlines()[-1]
    headers = {"Authorization": f"Bearer {token}"}
    with serving(where) as address, httpx2.Client(base_url=address, headers=headers) as api:
        put = api.put("/v1/therapists", json={"therapists": [FLYING]}, timeout=60).json()
        assert put["added"] == 1
        asked = {"text": "Afraid of flying", "limit": 1}
        found = api.post("/v1/match", json=asked).json()
        assert found["matches"][0]["therapist"]["id"] == "flying"
        assert found["version"].startswith(put["version"])
        assert api.patch("/v1/therapists/flying", json={"accepting": False}).status_code == 200
        found = api.post("/v1/match", json={**asked, "filters": {"accepting": False}}).json()
        assert found["matches"][0]["therapist"]["id"] == "flying"
        assert api.delete("/v1/therapists/flying").status_code == 204
        assert api.get("/v1/therapists/flying").status_code == 404
    assert (settings(where) / "keys.json").is_relative_to(tmp_path / "config")
    assert keys.Keys(settings(where) / "keys.json").all()


def test_every_command_that_takes_a_folder_takes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    where = f"milvus:{tmp_path}/lite.db"

    def run(*words: str | Path) -> str:
        ended = CliRunner().invoke(matcher, [*map(str, words), "--index", where])
        assert ended.exit_code == 0, ended.output
        return ended.output

    texts = [{"id": "q1", "title": "Sleep", "text": "My mother died", "topic": "grief"}]
    queries = tmp_path / "queries.jsonl"
    queries.write_text("".join(json.dumps(text) + "\n" for text in texts))
    (tmp_path / "qrels").write_text(f"q1 0 {GRIEF} 1\n")
    assert "published" in run("build", write_directory(tmp_path / "directory.jsonl"))
    first = Store(where).current()
    assert "1 added" in run("put", write_directory(tmp_path / "more.jsonl", [FLYING]))
    second = Store(where).current()
    assert "Flora Vega" in run("search", "afraid of flying", "-k", "1")
    assert "Flora Vega" in run("show", "flying")
    assert "accepting no" in run("set", "flying", "--accepting", "no")
    listed = [line.split()[0] for line in run("versions").splitlines()]
    assert listed == [second, first], "the one made live last first"
    assert "are what they were" in run("verify")
    compared = run("diff", first, second, "--queries", queries)
    assert "therapists added         1  flying" in compared
    assert "engine" in run("eval", "--queries", queries, "--qrels", tmp_path / "qrels")
    assert f"version {first} is live" in run("rollback")
    assert "is gone from every version" in run("remove", GRIEF)
    assert f'index = "{where}"' in run("serve", "--show-config")


def test_an_address_at_which_nobody_is_ends_with_a_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    where = f"milvus:http://127.0.0.1:{free_port()}"
    directory = write_directory(tmp_path / "directory.jsonl")
    for command in (
        ["build", str(directory)], ["search", "grief"], ["serve", "--port", "0"], ["versions"],
        ["verify"], ["rollback"], ["set", GRIEF, "--accepting", "no"], ["show", GRIEF],
    ):  # fmt: skip
        ended = CliRunner().invoke(matcher, [*command, "--index", where])
        assert ended.exit_code == 1, command
        assert f"{where} can't be reached" in ended.output
        assert "Traceback" not in ended.output
