from pathlib import Path

import pytest
from ir_measures import Qrel

from benchmarks import raw
from benchmarks.quality import measure, overlaps, without
from benchmarks.sections import quality
from benchmarks.sets import JudgedSet
from matcher import Matcher
from matcher.evaluation import JudgedQuery
from tests.small import GRIEF, TEENS

QUERIES = [
    JudgedQuery("1", "I can't sleep since my mother died", "grief"),
    JudgedQuery("2", "my 14 year old is always on her phone and hates school", "teens"),
]


@pytest.fixture(scope="module")
def its() -> JudgedSet:
    return JudgedSet("small", Path(), QUERIES, [Qrel("1", GRIEF, 2), Qrel("2", TEENS, 2)])


def test_every_part_is_left_out_once(small: Matcher) -> None:
    names = list(without(small))
    assert "without whole" in names
    assert not any("slope" in name for name in names)
    assert len(set(names)) == len(names)


def test_a_text_shares_its_whole_list_with_itself(small: Matcher) -> None:
    text = QUERIES[0].text
    assert overlaps(small, [{"a": text, "b": text}]) == [1.0]


def test_the_report_has_a_row_for_each_ranking(
    small: Matcher, its: JudgedSet, tmp_path: Path
) -> None:
    found = measure(its, small, small)
    shown = {"never": 0.1, "gini": 0.4, "most": 0.2}
    figures = {
        "sets": [found],
        "shown": {"texts": 9, "therapists": 5, "rows": {"with": shown, "without": shown}},
        "same": {"pairs": 1, "kinds": {"all": 0.75}, "worst": [{"id": "p1", "overlap": 0.75}]},
        "good": {"off topic": {"texts": 40, "good": 0.1}},
        "wishes": [
            {"seen": False, "wishing": 9, "quiet": 8, "right": 6, "wrong": 1, "missed": 2}
            | {"alarms": 1}
        ],
    }
    raw.write(tmp_path, "quality", figures)
    text = "\n".join(quality.section(tmp_path, tmp_path))
    assert "**Small**: 5 profiles, 2 queries, 2 topics." in text
    assert "| engine | 1.000 | 1.000 to 1.000 | 1.000 | 1.000 |  |  |" in text
    for row in ("without issues", "plain encoder alone, best statement", "BM25", "random"):
        assert f"| {row} |" in text
    assert "| all pairs | 0.750 |" in text
    assert "| off topic | 40 | 0.100 |" in text
    assert "| this engine | 1.000 |" in quality.summary(tmp_path)
    assert "| lines not seen | 9 and 8 | 0.750 | 0.750 | 1 |" in text
