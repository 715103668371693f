"""The whole chain on a directory of five therapists: ours and the baseline, each in processes."""

import json
import mmap
import platform
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import data, raw, worker
from benchmarks.contestants import NotInstalled
from benchmarks.referee import judge
from benchmarks.report import report
from benchmarks.run import main, measure, turns
from tests.small import write_directory

TEXTS = 3


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench")
    directory = write_directory(folder / "directory.jsonl")
    data.write(folder / "data", TEXTS, questions=folder / "none", directory=directory)
    measure(folder, ["ours", "naive"], rounds=1)
    return folder


def test_contestants_take_turns_at_being_first() -> None:
    assert turns(["a", "b", "c"], 1) == ["a", "b", "c"]
    assert turns(["a", "b", "c"], 2) == ["b", "c", "a"]
    assert turns(["a", "b", "c"], 4) == ["a", "b", "c"]


def test_every_query_is_timed_and_answered_by_everyone(out: Path) -> None:
    runs = raw.runs(out / "raw")
    assert sorted(runs) == ["naive", "ours"]
    for (run,) in runs.values():
        assert len(run.queries) == TEXTS
        assert len({query.id for query in run.queries}) == TEXTS
        for query in run.queries:
            assert query.ns > 100_000  # no model answers in a tenth of a millisecond
            assert sorted(query.ids) == ["boundaries", "couples", "grief", "panic", "teens"]
            assert list(query.scores) == sorted(query.scores, reverse=True)
        # Starting Python and loading a model takes longer than answering, and needs memory.
        assert run.startup_ns > max(query.ns for query in run.queries)
        assert run.peak_bytes >= run.end_bytes > 50_000_000
        assert run.threads["cores"] >= 1
    assert "torch" in runs["naive"][0].versions
    assert "torch" not in runs["ours"][0].threads, "ours answers without torch"


def test_the_referee_finds_both_right(out: Path) -> None:
    for name, verdicts in judge(out):
        assert all(verdict["recall"] == 1 for verdict in verdicts), name
        # What rounding to five digits leaves, and a little for sums in another order.
        assert all(verdict["difference"] < 2e-5 for verdict in verdicts), name
        assert raw.read(out / "raw", f"referee-match-{name}") == verdicts


def test_the_referee_sees_a_score_that_is_wrong(out: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(out, tmp_path / "copy"))
    path = copy / "raw" / "match-naive-1.json"
    facts = json.loads(path.read_text("utf-8"))
    facts["queries"][1]["scores"][0] += 0.01
    path.write_text(json.dumps(facts), "utf-8")
    found = dict(judge(copy))["naive"]
    assert found[1]["difference"] == pytest.approx(0.01, abs=1e-4)
    assert found[0]["difference"] < 2e-5


def test_no_text_no_path_and_no_machines_name_is_in_a_raw_file(out: Path) -> None:
    texts = [json.loads(line) for line in (out / "data" / "texts.jsonl").read_text().splitlines()]
    files = list((out / "raw").iterdir())
    assert len(files) >= 4
    for path in files:
        content = path.read_text("utf-8").casefold()
        for text in texts:
            words = text["text"].casefold().split()
            # Any three words in a row give a text away.
            for start in range(len(words) - 2):
                assert " ".join(words[start : start + 3]) not in content, path.name
        assert str(out).casefold() not in content
        assert str(Path.home()).casefold() + "/" not in content
        assert str(data.ROOT).casefold() not in content
        node = platform.node().casefold()
        assert not node or f'"{node}"' not in content


def test_the_report_is_made_of_them(out: Path) -> None:
    text = report(out)
    assert "3 of 160 client texts written for the sample" in text
    for heading in ("What was measured", "Time of an answer", "Start-up and memory"):
        assert f"## {heading}" in text


def test_a_missing_library_ends_the_run_before_anything_is_changed(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> dict[str, str]:
        raise NotInstalled(f"{name} needs chromadb: run `pip install`")

    monkeypatch.setattr("benchmarks.run.versions", missing)
    before = sorted((out / "raw").iterdir())
    result = CliRunner().invoke(main, [str(out), "--contestant", "chroma"])
    assert result.exit_code == 1
    assert "chroma needs chromadb: run `pip install`" in result.output
    assert sorted((out / "raw").iterdir()) == before


def test_without_data_it_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, [str(tmp_path)])
    assert result.exit_code == 1
    assert "python -m benchmarks.data" in result.output


def test_what_others_use_is_what_this_process_did_not() -> None:
    # In 10 seconds the cores worked 15, this process 9 of them.
    assert worker.elsewhere((0.0, 100.0, 5.0), (10.0, 115.0, 14.0)) == 0.6
    assert worker.elsewhere(None, None) is None


def test_memory_is_measured_in_bytes() -> None:
    before, _ = worker.memory()
    with mmap.mmap(-1, 50_000_000) as held:  # not from the heap, where some may lie free
        while held.tell() < len(held):
            held.write(b"x" * 1_000_000)
        now, peak = worker.memory()
    assert 40_000_000 < now - before < 100_000_000 < peak
