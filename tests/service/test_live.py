"""A published version is served within two seconds, and a bad one never is."""

import json
import logging
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from fastapi.testclient import TestClient

from index.errors import NotBuilt
from matcher import Matcher
from matcher.build import build
from matcher.changes import note_removed
from matcher.removal import set_fields
from service.app import create
from service.live import EVERY, Live
from service.settings import Settings
from tests.service.conftest import wait_until
from tests.small import GRIEF, LOOSE, PANIC, THERAPISTS, write_directory


def served(client: TestClient) -> str:
    return str(client.get("/readyz").json()["version"])


def answered(client: TestClient, asked: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/v1/match", json=asked).json()
    return answer


def test_it_looks_often_enough_to_follow_within_two_seconds() -> None:
    assert EVERY <= 0.5


def test_a_new_version_is_followed_without_a_restart(index: Path, tmp_path: Path) -> None:
    with TestClient(create(Settings(index=index))) as client:
        before = served(client)
        report = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE)
        assert report.version != before
        wait_until(lambda: served(client) == report.version, 20)
        assert client.post("/v1/match", json={"text": "grief"}).json()["counts"]["directory"] == 2


def test_who_left_is_out_while_a_new_version_is_still_being_opened(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, opened, seen = Live(index), Matcher.open, []
    set_fields(index, PANIC, {"accepting": True})
    live.refresh()
    report = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:4]), index, LOOSE)
    note_removed(index, GRIEF)

    def slowly(*args: Any, **named: Any) -> Matcher:
        seen.append((live.matcher.therapist(GRIEF), live.matcher.therapist(PANIC)))
        return opened(*args, **named)

    monkeypatch.setattr(Matcher, "open", slowly)
    live.refresh()
    ((gone, there),) = seen
    assert gone is None
    assert there is not None
    assert there.record["accepting"] is True
    assert live.matcher.version.id == report.version
    assert live.matcher.therapist(GRIEF) is None


def test_what_an_index_put_off_is_done_while_it_is_served(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live, tidied = Live(index), []
    monkeypatch.setattr("index.folder.Folder.tidy", lambda _: tidied.append(1))
    live.refresh()
    assert not tidied
    monkeypatch.setattr("service.live.TIDY", 0)
    live.refresh()
    assert tidied


def test_a_version_that_does_not_verify_is_refused_and_said_once(
    index: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    live = Live(index)
    before = live.matcher.version.id
    fresh = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE).version
    path = index / "versions" / fresh / "columns.arrow"
    path.write_bytes(path.read_bytes()[:-1])
    with caplog.at_level(logging.INFO):
        live.refresh()
        live.refresh()
    assert live.matcher.version.id == before
    assert caplog.text.count("columns.arrow") == 1
    assert live.matcher.match("I can't sleep").matches


def test_a_version_that_fails_in_an_unforeseen_way_does_not_end_the_following(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Live(index)
    fresh = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE).version
    with monkeypatch.context() as broken:
        broken.setattr("service.live.Matcher", None)
        live.refresh()
    monkeypatch.setattr("service.live.AGAIN", 0)
    assert live.matcher.version.id != fresh
    live.refresh()
    assert live.matcher.version.id == fresh


def test_requests_are_answered_while_a_version_is_loaded(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, free = Event(), Event()
    let_go: list[bool] = []
    load = Matcher.open

    def slow(*given: Any, **named: Any) -> Matcher:
        begun.set()
        let_go.append(free.wait(10))
        return load(*given, **named)

    with TestClient(create(Settings(index=index))) as client:
        before = served(client)
        monkeypatch.setattr(Matcher, "open", slow)
        fresh = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE).version
        assert begun.wait(20)
        assert served(client) == before
        assert client.post("/v1/match", json={"text": "grief"}).json()["counts"]["directory"] == 5
        free.set()
        wait_until(lambda: served(client) == fresh, 20)
    assert let_go[0], "whoever asked had to wait for the version"


def test_a_version_is_warm_and_shares_what_it_can_before_it_answers(
    index: Path, tmp_path: Path
) -> None:
    live = Live(index)
    before = live.matcher.contents
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE)
    live.refresh()
    after = live.matcher.contents
    assert len(after) == 2
    assert after.encoder is before.encoder
    assert {"fields", "choices", "held", "groups"} <= vars(after).keys()


def test_a_folder_that_goes_away_keeps_the_answers_coming(index: Path) -> None:
    live = Live(index)
    index.rename(index.with_name("gone"))
    live.refresh()
    assert live.matcher.match("I can't sleep").matches


def test_a_pause_is_in_the_answer_without_a_restart(index: Path) -> None:
    asked = {"text": "I can't sleep", "filters": {"accepting": True}}
    with TestClient(create(Settings(index=index))) as client:
        assert client.post("/v1/match", json=asked).json()["counts"]["qualifying"] == 3
        set_fields(index, GRIEF, {"accepting": False})
        wait_until(lambda: answered(client, asked)["counts"]["qualifying"] == 2, 20)
        assert answered(client, asked)["version"].endswith("+1")
        assert client.get(f"/v1/therapists/{GRIEF}").json()["accepting"] is False


def test_a_damaged_live_version_is_stood_in_for(
    index: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = Live(index).matcher.version.id
    fresh = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:4]), index).version
    (index / "versions" / fresh / "zips.arrow").unlink()
    live = Live(index)
    assert live.matcher.version.id == first
    assert f"version {first} stands in for it" in caplog.text
    assert live.matcher.match("I can't sleep").matches


def test_there_is_nothing_to_serve_before_a_build(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="matcher build"):
        Live(tmp_path / "nothing")


def test_a_rollback_of_current_is_followed_too(index: Path, tmp_path: Path) -> None:
    first = Live(index).matcher.version.id
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE)
    live = Live(index)
    (index / "CURRENT").write_text(first + "\n")
    live.refresh()
    assert live.matcher.version.id == first
    history = [json.loads(line) for line in (index / "history.jsonl").read_text().splitlines()]
    assert [entry["parent"] for entry in history] == [None, first]
