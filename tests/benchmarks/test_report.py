from pathlib import Path

import pytest

from benchmarks import plots, raw
from benchmarks.data import ROOT
from benchmarks.report import inserted, report, summary
from benchmarks.sections import SECTIONS, quality
from tests.benchmarks import hand

RESULTS = ROOT / "benchmarks" / "results" / "raw"


def test_the_report_holds_the_figures_of_the_raw_files(tmp_path: Path) -> None:
    hand.write(tmp_path / "raw")
    text = report(tmp_path)
    assert "3 of 9 made-up texts, median length 312.5 characters, over 7 therapists" in text
    assert "2 cores of Some Processor (avx2), 8 GiB of memory, Some System, Python 3.11.0" in text
    assert "commit 0123456789. Threads" in text
    assert "other processes used 0.25 cores in the median run" in text
    assert "| this engine | 20.0 ms | 28.0 ms | 29.8 ms |  |" in text
    # 40 ms to 20 in each round: the slow round changes neither the median nor the ratio.
    assert "| sentence-transformers + FAISS | 40.0 ms | 72.0 ms | 79.2 ms | 2.00 |" in text
    assert "| this engine | 1.0 s | 203 MB | 101 MB |" in text
    assert "| this engine | 0.950 | 0.9 | 0.000005 |" in text


def test_a_ratio_shows_its_least_and_greatest_round(tmp_path: Path) -> None:
    folder = hand.write(tmp_path / "raw")
    raw.write_run(folder, hand.run("naive", 3, [60, 60, 60]))
    assert "| 2.00 (2.00 to 3.00) |" in report(tmp_path)


def test_there_is_no_ratio_where_rounds_differ(tmp_path: Path) -> None:
    folder = hand.write(tmp_path / "raw")
    raw.write_run(folder, hand.run("naive", 4, [60, 60, 60]))
    assert "| sentence-transformers + FAISS | 50.0 ms |" in report(tmp_path)
    assert "| 2.00" not in report(tmp_path)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_without_its_raw_files_says_nothing(section: object, tmp_path: Path) -> None:
    assert callable(section)
    assert list(section(tmp_path, tmp_path)) == []


@pytest.mark.skipif(not plots.available(), reason="matplotlib comes with the extra `bench`")
def test_the_plot_has_an_alternative_text_and_is_the_same_each_time(tmp_path: Path) -> None:
    hand.write(tmp_path / "raw")
    assert "median of each: this engine 20.0 ms, sentence-transformers + FAISS 40.0 ms](l" in (
        report(tmp_path)
    )
    first = (tmp_path / "latency.svg").read_bytes()
    report(tmp_path)
    assert (tmp_path / "latency.svg").read_bytes() == first


def test_a_report_can_do_without_matplotlib(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plots, "available", lambda: False)
    hand.write(tmp_path / "raw")
    assert "No plot: matplotlib is missing" in report(tmp_path)


def test_the_readmes_table_goes_between_its_markers(tmp_path: Path) -> None:
    table = summary(hand.write(tmp_path / "raw"))
    assert "| sentence-transformers + FAISS | 40.0 ms | 79.2 ms | 2.00 | 6.0 s | 700 MB |" in table
    assert "3 of 9 made-up texts" in table
    text = "before\n<!-- bench -->\nold\n<!-- /bench -->\nafter\n"
    once = inserted(text, "bench", table)
    assert once == f"before\n<!-- bench -->\n{table}\n<!-- /bench -->\nafter\n"
    assert inserted(once, "bench", table) == once


@pytest.mark.parametrize(
    "text", ["nothing", "<!-- bench --> alone", "<!-- /bench --> <!-- bench -->"]
)
def test_a_text_without_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no <!-- bench -->"):
        inserted(text, "bench", "table")


def test_the_readme_shows_what_the_committed_results_say() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert inserted(readme, "bench", summary(RESULTS)) == readme
    assert inserted(readme, "match", quality.summary(RESULTS)) == readme
