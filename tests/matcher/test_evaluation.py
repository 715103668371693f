"""Measures on rankings so small that they can be worked out by hand."""

import json
from copy import copy
from dataclasses import replace
from pathlib import Path

import pytest
from ir_measures import Qrel

from index.errors import BadInput
from matcher import Matcher
from matcher.evaluation import (
    JudgedQuery,
    engine,
    evaluate,
    rankers,
    read_qrels,
    read_queries,
)
from tests.small import GRIEF, TEENS

A, B, C = (JudgedQuery(id_, id_, topic) for id_, topic in (("a", "x"), ("b", "x"), ("c", "y")))
QRELS = [Qrel("a", "t1", 1), Qrel("b", "t1", 1), Qrel("c", "t2", 2), Qrel("c", "t1", 1)]


def test_averages_are_over_topics_and_not_over_queries() -> None:
    # "a" is right, "b" finds nothing, "c" has its two therapists in the wrong order.
    found = {"a": {"t1": 2.0, "t2": 1.0}, "b": {}, "c": {"t1": 2.0, "t2": 1.0}}
    (row,) = evaluate({"it": lambda text: found[text]}, [A, B, C], QRELS)
    swapped = (1 + 2 / 1.584962500721156) / (2 + 1 / 1.584962500721156)
    assert row.topics["x"]["nDCG@10"] == pytest.approx(0.5)
    assert row.topics["y"]["nDCG@10"] == pytest.approx(swapped)
    assert row.measures["nDCG@10"] == pytest.approx((0.5 + swapped) / 2)
    assert row.measures["RR@10"] == pytest.approx(0.75)
    assert row.measures["R@50"] == pytest.approx(0.75)


def test_a_judged_query_that_is_not_asked_scores_nothing() -> None:
    (row,) = evaluate({"it": lambda text: {"t1": 1.0}}, [A], QRELS[:2])
    assert row.topics["x"]["nDCG@10"] == 1
    assert row.topics[""]["nDCG@10"] == 0


def test_queries_and_judgments_that_do_not_meet_are_refused() -> None:
    with pytest.raises(BadInput, match="no query of these is judged"):
        evaluate({"it": lambda text: {}}, [A], [Qrel("z", "t1", 1)])


def test_the_engine_is_measured_as_it_is_served_beside_its_references(small: Matcher) -> None:
    queries = [
        JudgedQuery("1", "I can't sleep since my mother died", "grief"),
        JudgedQuery("2", "my 14 year old is always on her phone and hates school", "teens"),
    ]
    rows = evaluate(rankers(small), queries, [Qrel("1", GRIEF, 2), Qrel("2", TEENS, 2)])
    measured = {row.name: row.measures["RR@10"] for row in rows}
    assert list(measured) == [
        "engine",
        "encoder alone, best statement",
        "encoder alone, best passage",
        "BM25",
        "random",
    ]
    assert measured["engine"] == 1
    assert measured["random"] < 1
    assert rows == evaluate(rankers(small), queries, [Qrel("1", GRIEF, 2), Qrel("2", TEENS, 2)])


def test_the_order_that_is_served_is_measured_where_told_scores_tie(small: Matcher) -> None:
    sure = copy(small)
    sure.weights = replace(small.weights, slope=1000.0, middle=-9.0)
    text = "I can't sleep since my mother died"
    matches = sure.match(text).matches
    assert {match.score for match in matches} == {1.0}
    found = engine(sure)(text)
    assert sorted(found, key=lambda id_: -found[id_]) == [m.therapist.id for m in matches]


def test_a_query_is_title_newline_text(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    records = [
        {"id": "1", "title": "T", "text": "x" * 5000, "topic": "t"},
        {"id": "2", "text": "B"},
    ]
    path.write_text("".join(json.dumps(r) + "\n" for r in records))
    first, second = read_queries(path)
    assert (first.text, first.topic) == ("T\n" + "x" * 3998, "t")
    assert (second.text, second.topic) == ("B", "")


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"id": "1"}', '{"text": "x"}', '{"id": 1, "text": "x"}']
)
def test_queries_that_cannot_be_read_are_refused_with_their_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(line)
    with pytest.raises(BadInput, match=r"q\.jsonl:1: line: "):
        read_queries(path)


def test_judgments_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text("a b c d\n")
    with pytest.raises(BadInput, match=r"qrels\.txt can't be read"):
        read_qrels(path)
    path.write_text("q 0 t 2\n")
    assert read_qrels(path) == [Qrel("q", "t", 2, "0")]
