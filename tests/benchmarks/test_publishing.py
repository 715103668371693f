"""The publishing benchmark: what it counts, its section, and a small run of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks import data, publishing, raw
from benchmarks.asking import Asked
from benchmarks.publishing import main, measure, moved, took
from benchmarks.sections.publishing import section
from tests.small import write_directory

MS, SECOND, MB = 1000, 10**9, 10**6  # of microseconds, of nanoseconds, of bytes


def run(workers: int, slower: int, failed: int = 0) -> dict[str, Any]:
    return {
        "workers": workers,
        "clients": 2,
        "elsewhere": 0.25,
        "failed": failed,
        "memory": [{"rss": 150 * MB, "pss": 100 * MB}] * workers,
        "quiet": [10 * MS] * 100,
        "publishing": [10 * MS * slower] * 100,
        "moves": [
            {"ns": n * SECOND // 2, "memory": [{"rss": 150 * MB, "pss": (120 + n) * MB}] * workers}
            for n in (1, 2, 3)
        ],
    }


def test_the_section_holds_the_figures_of_the_raw_files(tmp_path: Path) -> None:
    raw.write(tmp_path, "publishing-2", run(2, slower=3, failed=1))
    raw.write(tmp_path, "publishing-1", run(1, slower=2))
    text = "\n".join(section(tmp_path, tmp_path))
    one = "| 1 worker | 200 | 0 | 10.0 ms | 20.0 ms | 10.0 ms | 20.0 ms | 2.00 |"
    two = "| 2 workers | 200 | 1 | 10.0 ms | 30.0 ms | 10.0 ms | 30.0 ms | 3.00 |"
    assert f"{one}\n{two}" in text
    assert "| 1 worker | 1.0 s | 1.5 s | 100 MB | 122 MB | 123 MB |" in text
    assert "| 2 workers | 1.0 s | 1.5 s | 200 MB | 244 MB | 246 MB |" in text
    assert "used up to 0.25 cores" in text


def test_a_version_is_moved_to_once_nobody_answers_from_another() -> None:
    asked = [
        Asked(5, 1, "old"),  # before it was published
        Asked(20, 1, "old"),
        Asked(30, 1, "new"),
        Asked(40, 1, "old"),  # the other worker
        Asked(50, 1, None),  # a failure says nothing of versions
        Asked(60, 1, "new"),
    ]
    assert moved(asked, "new", published=10) == 30
    assert moved(asked[-1:], "new", published=10) == 0


def test_only_answers_that_began_in_a_spell_count_in_it() -> None:
    asked = [Asked(n, 7000, "v") for n in (1, 2, 3)] + [Asked(2, 9000, None)]
    assert took(asked, 2, 3) == [7]


def test_without_data_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 1
    assert "python -m benchmarks.data" in result.output


def test_versions_are_published_under_load_and_nothing_of_a_text_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = write_directory(tmp_path / "directory.jsonl")
    data.write(tmp_path / "data", 3, questions=tmp_path / "none", directory=directory)
    monkeypatch.setattr(publishing, "WARM_UP", 0.5)
    measure(tmp_path, count=2, workers=[1])
    (path,) = (tmp_path / "raw").iterdir()
    content = path.read_text("utf-8")
    texts = (tmp_path / "data" / "texts.jsonl").read_text("utf-8").splitlines()
    assert not [t for t in texts if json.loads(t)["text"][:20] in content]
    assert str(tmp_path) not in content
    told = json.loads(content)
    assert told["failed"] == 0
    assert min(*told["quiet"], *told["publishing"]) > 0
    assert [move["ns"] > 0 for move in told["moves"]] == [True, True]
    assert len(list(section(tmp_path / "raw", tmp_path))) == 5
