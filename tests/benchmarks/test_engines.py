"""The engines case: two engines on the same work, and what is said of it."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks import engines, raw, scale_data
from benchmarks.report import inserted
from benchmarks.sections import engines as reported
from index.probes import Probe
from index.where import Where
from matcher import Matcher
from matcher.query import Query
from matcher.ranking import Weights, probes

TEXTS = ("I can't sleep since my mother died", "we fight about the dishes")


@pytest.fixture
def queries(small: Matcher) -> list[tuple[str, list[Probe]]]:
    return [
        (str(n), probes(Query.of(t, small.contents), small.contents, Weights.packaged()))
        for n, t in enumerate(TEXTS)
    ]


def test_both_engines_answer_the_same_work_and_are_held_against_a_scan(
    small: Matcher,
    queries: list[tuple[str, list[Probe]]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("index.rows.DECODED", 0)
    scale_data.make(tmp_path / "made", scale_data.Real.of(small.contents), 300)
    with engines.served(tmp_path / "lite.db") as (where, process):
        places: dict[str, Where] = {engines.FAISS: tmp_path / "index", engines.MILVUS: where}
        found = engines.measure(tmp_path, places, queries, 2, small.contents.taxonomy)
        assert engines.resident(process) > 1e7
    assert found["engines"].keys() == places.keys()
    for share in found["shares"]:
        mine, theirs = (share["engines"][name] for name in places)
        for one, other in zip(mine, theirs, strict=True):
            assert one["ids"] == other["ids"]
            assert one["recall"] == other["recall"] == 1.0
            assert len(one["ns"]) == len(other["ns"]) == 2


def figures() -> dict[str, Any]:
    query = {"id": "q", "ids": [1, 2], "scores": [0.5, 0.4], "recall": 0.9}
    plan = {"plan": "approximate: 500 of 11800 admitted groups proposed and scored"}
    mine = query | plan | {"ns": [2_000_000, 4_000_000]}
    theirs = query | plan | {"ns": [20_000_000, 80_000_000], "ids": [2, 1], "recall": 0.8}
    return {
        "therapists": 10_000,
        "passages": 85_000,
        "sections": 30_000,
        "width": 100,
        "issues": 10,
        "rounds": 2,
        "sample": {
            "files": {
                "therapists.arrow": 600_000,
                "columns.arrow": 50_000,
                "words.arrow": 50_000,
                "passages.arrow": 80_000,
            },
            "counts": {"therapists": 100, "passages": 1000},
        },
        "engines": {
            "FAISS": {"seconds": 0.4, "bytes": 9e7, "memory": 8e7, "lists": 4e6, "a_second": 90.0},
            "Milvus Lite": {"seconds": 30, "bytes": 3e8, "memory": 6e8, "a_second": 2.0},
        },
        "shares": [{"share": 0.1, "engines": {"FAISS": [mine], "Milvus Lite": [theirs]}}],
    }


def test_the_section_holds_the_figures_of_the_raw_file(tmp_path: Path) -> None:
    raw.write(tmp_path, "engines-85000", figures())
    text = "\n\n".join(reported.section(tmp_path, tmp_path))
    assert (
        "| 85,000 | 10 % | 3.0 ms | 50.0 ms | 15.00 (10.00 to 20.00) | 0 % | 0.9000 | 0.8000 |"
        in text
    )
    assert "| 85,000 | 10,000 | 0.4 s | 30.0 s | 90 MB | 300 MB | 80 MB | 600 MB |" in text
    assert "85,000 passages: 90.0 with FAISS, 2.0 with Milvus Lite" in text
    assert reported.measured(tmp_path) in text


def test_a_hundred_million_passages_are_worked_out_in_the_open(tmp_path: Path) -> None:
    raw.write(tmp_path, "engines-85000", figures())
    page = inserted("<!-- hundred -->\n<!-- /hundred -->", "hundred", reported.hundred(tmp_path))
    assert "| therapists | 100 million / 8.5 | 11.8 million |" in page
    assert "100 million × 100 × 2 × 4/3 bytes | 26.7 GB |" in page
    assert "11.8 million × 3.0 × 100 × 2 × 4/3 bytes | 9.4 GB |" in page
    assert "11.8 million × 400 bytes, as FAISS's lists have them | 4.7 GB |" in page
    assert "11.8 million × 7,000 bytes, as of the sample | 82.4 GB |" in page
    # 500 therapists of 11.5 rows of 267 bytes, and 27 bytes of a profile each
    assert "| 1.5 MB |" in page
    assert "| 1.2 Gbit/s |" in page


def test_without_figures_the_page_is_not_written(tmp_path: Path) -> None:
    assert list(reported.section(tmp_path, tmp_path)) == []
    with pytest.raises(ValueError, match=r"run benchmarks\.engines first"):
        reported.hundred(tmp_path)
