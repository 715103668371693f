"""The engines, each as a place for an index."""

from pathlib import Path

import pytest

from index.where import Where


@pytest.fixture(params=["folder", "milvus"])
def where(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Where:
    """A folder for FAISS, and a file for Milvus Lite."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    if request.param == "folder":
        return tmp_path / "index"
    return f"milvus:{tmp_path}/lite.db"
