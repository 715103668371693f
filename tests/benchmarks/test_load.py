"""The load benchmark: its bodies, its section, and where wrk is, the whole of it."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import data, raw
from benchmarks.bodies import bodies_of, long_text
from benchmarks.load import main, measure
from benchmarks.sections.load import section
from tests.small import write_directory


def run(name: str, workers: int, number: int, rate: int, p99: int = 20) -> dict[str, Any]:
    """A run of two seconds with so many requests in each; times in milliseconds."""
    told = {"requests": 2 * rate, "us": 2_000_000, "p50": 10_000, "p90": 15_000, "max": 99_000}
    return {
        "contestant": name,
        "workers": workers,
        "round": number,
        "startup_ns": 1_500_000_000,
        "cpu_ns": 7_000_000,
        "elsewhere": 0.25,
        "memory": [{"rss": 30_000_000, "pss": 20_000_000}] * (workers - 1)
        + [{"rss": 280_000_000, "pss": 200_000_000}],
        "versions": {"fastapi": "1.0"},
        "all": told | {"p99": 40_000},
        "alone": told | {"p99": 10_000},
        "beside": told | {"p99": 1000 * p99},
    }


def written(folder: Path) -> Path:
    """Three rounds; the second met a machine ten times slower, where the baseline did better."""
    for number, slower in ((1, 1), (2, 10), (3, 1)):
        for name, workers, rate in (("ours", 1, 120), ("naive", 1, 30), ("naive", 2, 40)):
            made = run(name, workers, number, rate // slower)
            raw.write(folder, f"load-{name}-{workers}-{number}", made)
    raw.write(folder, "load-naive-2-2", run("naive", 2, 2, 6))
    return folder


def test_the_section_holds_the_figures_of_the_raw_files(tmp_path: Path) -> None:
    text = "\n".join(section(written(tmp_path), tmp_path))
    # 120 to the better of 30 and 40; in the slow round 12 to 6.
    assert "| this engine, 1 worker | 120.0 | 3.00 (2.00 to 3.00) | 10.0 ms | 40.0 ms |" in text
    assert "| sentence-transformers + FAISS, 2 workers | 40.0 |  | 10.0 ms |" in text
    assert "| this engine, 1 worker | 10.0 ms | 10.0 ms | 10.0 ms | 20.0 ms | 2.00 |" in text
    assert "| this engine, 1 worker | 1.5 s | 1 | 280 MB | 200 MB |" in text
    assert "| sentence-transformers + FAISS, 2 workers | 1.5 s | 2 | 280 MB | 220 MB |" in text
    assert "used up to 0.25 cores" in text


def test_there_is_no_ratio_where_rounds_differ(tmp_path: Path) -> None:
    raw.write(written(tmp_path), "load-ours-1-4", run("ours", 1, 4, 120))
    assert "| this engine, 1 worker | 120.0 |  |" in "\n".join(section(tmp_path, tmp_path))


def test_a_long_text_has_4000_characters_of_the_texts_in_turn() -> None:
    assert long_text(["ab", "cd", "e"], 1).startswith("cd e ab cd")
    assert len(long_text(["ab", "cd", "e"], 2)) == 4000
    assert len(long_text(["a" * 9000], 0)) == 4000


def test_bodies_are_one_a_line_whatever_the_text_holds(tmp_path: Path) -> None:
    lines = ({"id": str(n), "text": text} for n, text in enumerate(["a\nb\u2028c", "é" * 200]))
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (tmp_path / "texts.jsonl").write_text(text, "utf-8")
    paths = bodies_of(tmp_path, tmp_path / "bodies")
    read = {k: [json.loads(b)["text"] for b in p.open()] for k, p in paths.items()}
    assert read["all"] == ["a\nb\u2028c", "é" * 200]
    assert read["short"] == ["a\nb\u2028c", "é" * 150]
    assert [len(text) for text in read["long"]] == [4000, 4000]


def test_without_wrk_it_says_so_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path / "raw")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "facts.json").write_text("{}")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 1
    assert "wrk, which makes the load, is not installed: run `apt-get install wrk`" in result.output
    assert len(list((tmp_path / "raw").iterdir())) == 9


def test_without_data_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 1
    assert "python -m benchmarks.data" in result.output


@pytest.mark.skipif(shutil.which("wrk") is None, reason="wrk comes with the system")
def test_both_services_are_loaded_and_nothing_of_a_text_is_kept(
    tmp_path: Path, prepare: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.load.prepare", prepare)
    directory = write_directory(tmp_path / "directory.jsonl")
    data.write(tmp_path / "data", 3, questions=tmp_path / "none", directory=directory)
    measure(tmp_path, rounds=1, seconds=1, workers=[1])
    files = sorted((tmp_path / "raw").iterdir())
    assert [path.name for path in files] == ["load-naive-1-1.json", "load-ours-1-1.json"]
    texts = (tmp_path / "data" / "texts.jsonl").read_text("utf-8").splitlines()
    for path in files:
        content = path.read_text("utf-8")
        assert str(tmp_path) not in content
        assert not [t for t in texts if json.loads(t)["text"][:20] in content]
        told = json.loads(content)
        for load in ("all", "alone", "beside"):
            assert told[load]["requests"] > 0
            assert 0 < told[load]["p50"] <= told[load]["p99"] <= told[load]["max"]
        assert told["startup_ns"] > 1000 * told["alone"]["p50"]
        assert all(0 < one["pss"] <= one["rss"] for one in told["memory"])
        assert sum(one["rss"] for one in told["memory"]) > 50_000_000
    assert len(list(section(tmp_path / "raw", tmp_path))) == 7
