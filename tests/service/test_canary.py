"""What a client wrote is never kept: a unique text goes every way in, then is looked for."""

import secrets
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from tests.service.conftest import serving


def test_a_canary_is_found_nowhere(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = f"canary{secrets.token_hex(8)}"
    text = f"{canary} since my mother died"
    log = tmp_path / "server.log"
    kept = set(Path(tempfile.gettempdir()).iterdir())
    monkeypatch.setenv("MATCHER_IN_FLIGHT", "3")  # so that most of a crowd are turned away
    with serving(index, log=log) as address, httpx2.Client(base_url=address, timeout=30) as http:
        sent = [
            http.post("/v1/match", json={"text": text}),
            http.post("/v1/match", json={"text": text, "limit": canary}),
            http.post("/v1/match", json={"text": text + "\x00"}),
            http.post("/v1/match", json={"text": text, "filters": {canary + " ": canary}}),
            http.post("/v1/match", content=f'{{"text": "{canary}'.encode()),
            http.post("/v1/match", content=canary.encode() * 20_000),
            http.post("/v1/counts", json={"filters": {"languages": [text]}}),
            http.post("/v1/counts", json={"filters": {"telehealth": text}}),
            http.post("/", data={"text": text}),
            http.post("/", data={"text": text, "max_fee": canary}),
            http.post("/", files={"text": ("a", canary.encode() * 10_000)}),
            http.get("/", params={"text": text}),
            http.post("/", content=canary.encode(), headers={"content-type": MULTIPART}),
            http.post("/", data={"text": text, "asked": "yes", "do": f"add:misread:{canary}"}),
            http.post("/", data={"text": text, "do": canary, "like": canary, "shown": canary}),
            http.post("/v1/match", json={"text": text, "like": [canary], "misread": [canary]}),
            http.post("/v1/match", json={"text": text, "unlike": [f"{canary} {canary}"]}),
            http.post("/v1/match", json={"text": text, "page": canary}),
            http.post("/v1/match/batch", json={"requests": [{"text": text}] * 2}),
            http.post("/v1/match/batch", json={"requests": [{"text": canary * 400}]}),
            http.post("/v1/match/batch", json={"requests": [{"text": text, "page": text}]}),
            http.post("/v1/match/batch", json={"requests": [canary], canary + " ": 1}),
            http.get(f"/v1/therapists/{canary}/similar", params={"limit": canary}),
            http.get(f"/{canary}", headers={"Referer": canary, "X-Request-ID": f"{canary} {text}"}),
            http.request(canary.upper(), "/v1/match", json={"text": text}),
        ]
        with ThreadPoolExecutor(40) as crowd:  # more at once than there are threads to answer
            sent += crowd.map(lambda _: http.post("/v1/match", json={"text": text}), range(80))
        told = [http.get(path).text for path in PUBLIC]
    assert all(answer.status_code in (200, 400, 404, 405, 413, 422, 503) for answer in sent)
    # An answer quotes the struggle back to whom it is from; a refusal repeats nothing.
    assert canary in sent[0].text
    assert {answer.status_code for answer in sent} >= {200, 413, 422, 503}
    refused = [a for a in sent if a.status_code != 200 and a.headers["content-type"] != HTML]
    for other in (*(a.text for a in refused), *told, log.read_text()):
        assert canary not in other.casefold()
    assert not [a for a in sent if canary in str(a.headers)]
    files = [p for p in index.rglob("*") if p.is_file()]
    files += [p for p in set(Path(tempfile.gettempdir()).iterdir()) - kept if p.is_file()]
    assert not [p for p in files if canary.encode() in p.read_bytes()]


def test_nor_in_what_several_workers_share(index: Path, tmp_path: Path) -> None:
    canary = f"canary{secrets.token_hex(8)}"
    folders = set(SHARED.glob("matcher-metrics-*")) if SHARED.is_dir() else set()
    with serving(index, "--workers", "2", log=tmp_path / "server.log") as address:
        for text in (canary, f"{canary} I want to kill myself"):
            httpx2.post(f"{address}/v1/match", json={"text": text}, timeout=30)
            httpx2.get(f"{address}/{canary}", params={"text": text}, timeout=30)
        if SHARED.is_dir():
            (folder,) = set(SHARED.glob("matcher-metrics-*")) - folders
            files = [path.read_bytes() for path in folder.iterdir()]
            assert any(b"/v1/match" in content for content in files)
            assert not [content for content in files if canary.encode() in content]
    assert canary not in (tmp_path / "server.log").read_text()


SHARED = Path("/dev/shm")
PUBLIC = ("/readyz", "/healthz", "/openapi.json", "/metrics")
MULTIPART = "multipart/form-data; boundary=X"
HTML = "text/html; charset=utf-8"
