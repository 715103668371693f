"""What a client wrote is never kept: a unique text goes every way in, then is looked for."""

import secrets
import tempfile
from pathlib import Path

import httpx2

from tests.service.conftest import serving


def test_a_canary_is_found_nowhere(index: Path, tmp_path: Path) -> None:
    canary = f"canary{secrets.token_hex(8)}"
    text = f"{canary} since my mother died"
    log = tmp_path / "server.log"
    kept = set(Path(tempfile.gettempdir()).iterdir())
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
        ]
        metrics = [http.get(path).text for path in ("/readyz", "/healthz", "/openapi.json")]
        told = [answer.text for answer in sent if answer.headers["content-type"] != HTML]
    assert all(answer.status_code in (200, 400, 413, 422) for answer in sent)
    # The answer to the first one quotes the struggle back to whom it is from, and nobody else.
    assert canary in told[0]
    for other in (*told[1:], *metrics, log.read_text()):
        assert canary not in other
    files = [p for p in index.rglob("*") if p.is_file()]
    files += [p for p in set(Path(tempfile.gettempdir()).iterdir()) - kept if p.is_file()]
    assert not [p for p in files if canary.encode() in p.read_bytes()]


MULTIPART = "multipart/form-data; boundary=X"
HTML = "text/html; charset=utf-8"
