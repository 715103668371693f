"""What is counted and timed, and that it holds nothing of anybody's."""

import fcntl
import os
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from prometheus_client import values
from prometheus_client.parser import text_string_to_metric_families

from matcher.build import build
from service.app import create
from service.live import Live
from service.metrics import SHARED, Metrics
from service.settings import Settings
from tests.service.conftest import wait_until
from tests.small import GRIEF, LOOSE, THERAPISTS, write_directory

CANARY = "zanzibar-teapot"


def figures(text: str) -> dict[str, float]:
    """All samples by name and labels, as the library's own parser reads them."""
    return {
        sample.name
        + "".join(f" {value}" for _, value in sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def scraped(client: TestClient) -> dict[str, float]:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain")
    return figures(answer.text)


@pytest.fixture
def fresh(built: Path) -> TestClient:
    return TestClient(create(Settings(index=built)), raise_server_exceptions=False)


def test_requests_are_counted_by_route_method_and_status(fresh: TestClient) -> None:
    fresh.get(f"/v1/therapists/{GRIEF}")
    fresh.get(f"/v1/therapists/{CANARY}")
    fresh.post("/v1/match", json={"txt": CANARY})
    fresh.get(f"/{CANARY}", params={CANARY: CANARY})
    fresh.request(CANARY.upper(), "/")
    found = scraped(fresh)
    told = {name[23:]: n for name, n in found.items() if name.startswith("matcher_requests_total ")}
    assert told == {
        "GET /v1/therapists/{id} 200": 1,
        "GET /v1/therapists/{id} 404": 1,
        "POST /v1/match 422": 1,
        "GET other 404": 1,
        "other / 405": 1,
    }
    assert CANARY not in fresh.get("/metrics").text.casefold()


def test_a_match_is_timed_by_stage_and_its_crisis_notice_counted(fresh: TestClient) -> None:
    fresh.post("/v1/match", json={"text": "I can't sleep since my mother died"})
    fresh.post("/v1/match", json={"text": "I want to kill myself"})
    fresh.post("/", data={"text": "I want to kill myself"})
    found = scraped(fresh)
    for stage in ("waiting", "answering", "encoding", "searching"):
        assert found[f"matcher_stage_seconds_count {stage}"] == 3
    within = found["matcher_stage_seconds_sum answering"]
    parts = (
        found["matcher_stage_seconds_sum encoding"],
        found["matcher_stage_seconds_sum searching"],
    )
    assert 0 < sum(parts) < within < found["matcher_request_seconds_sum /v1/match"] * 1000
    assert found["matcher_crisis_notices_total"] == 2
    assert not [name for name in found if "suicide" in name]


def test_a_notice_beside_an_error_counts_too(fresh: TestClient) -> None:
    fresh.app.state.lanes.most = 0  # type: ignore[attr-defined]
    fresh.post("/v1/match", json={"text": "I want to kill myself"})
    fresh.post("/", data={"text": "I want to kill myself"})
    found = scraped(fresh)
    assert found["matcher_crisis_notices_total"] == 2
    assert found["matcher_shed_total full"] == 2
    assert found["matcher_shed_total gone"] == found["matcher_in_flight"] == 0


def test_it_tells_what_is_live_and_for_how_long(index: Path, tmp_path: Path) -> None:
    with TestClient(create(Settings(index=index))) as client:
        first = scraped(client)
        assert first["matcher_therapists"] == 5
        assert first["matcher_version_info " + client.get("/readyz").json()["version"]] == 1
        report = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE)
        wait_until(lambda: client.get("/readyz").json()["version"] == report.version, 20)
        then = scraped(client)
        assert then["matcher_therapists"] == 2
        assert [name for name in then if "version_info" in name] == [
            f"matcher_version_info {report.version}"
        ]
        assert 0 <= then["matcher_version_age_seconds"] < first["matcher_version_age_seconds"]
        assert (then["matcher_reloads_total done"], then["matcher_reloads_total refused"]) == (1, 0)


def test_a_version_that_is_refused_is_counted_once(index: Path, tmp_path: Path) -> None:
    live, metrics = Live(index), Metrics()
    live.told = metrics.reload
    fresh = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE).version
    (index / "versions" / fresh / "columns.arrow").unlink()
    live.refresh()
    live.refresh()
    assert figures(metrics.text(live).decode())["matcher_reloads_total refused"] == 1


def test_workers_add_up_and_whoever_takes_a_dead_ones_place_goes_on_counting(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "ValueClass", values.ValueClass)  # put back afterwards
    monkeypatch.setenv(SHARED, str(tmp_path))
    live = Live(built)

    def told() -> tuple[float, float]:
        found = figures(first.text(live).decode())
        return found["matcher_shed_total full"], found["matcher_in_flight"]

    first, second = Metrics(), Metrics()
    first.shed("full")
    second.shed("full")
    first.in_flight(2)
    second.in_flight(3)
    assert told() == (2, 5)
    fcntl.flock(second._lock, fcntl.LOCK_UN)  # as when it dies
    files = set(tmp_path.iterdir())
    third = Metrics()
    assert told() == (2, 2), "what was in flight there no longer is"
    third.shed("full")
    assert told() == (3, 2)
    assert set(tmp_path.iterdir()) == files
    for metrics in (first, second, third):
        os.close(metrics._lock)
