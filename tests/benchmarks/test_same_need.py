"""The same need gets the same list, and is understood: the engine on the whole sample."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from benchmarks.data import DATA
from benchmarks.fairness import by_kind
from benchmarks.quality import overlaps
from benchmarks.sets import read, sample
from matcher import Matcher
from matcher.build import build
from matcher.evaluation import evaluate, rankers
from tests.small import LOOSE

# What was measured of the first ten that two texts share which say the same need, less 0.05.
FLOORS = {
    "dialect": 0.56,
    "faith": 0.54,
    "formality": 0.53,
    "gender": 0.70,
    "length": 0.73,
    "origin": 0.69,
    "spelling": 0.63,
    "all": 0.63,
}


@pytest.fixture(scope="module")
def hidden(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """The sample, what its therapists declare hidden; the encoder is that of the small index."""
    folder = tmp_path_factory.mktemp("sample")
    shutil.copytree(built, folder / "index")
    its = next(sample(folder))
    build(its.directory, folder / "index", LOOSE)
    return Matcher.open(folder / "index")


def test_two_ways_to_say_the_same_need_get_the_same_therapists(hidden: Matcher) -> None:
    pairs = read(DATA / "same_need.jsonl")
    assert len(pairs) >= 100
    found = by_kind(pairs, overlaps(hidden, pairs))
    assert {kind: share for kind, share in found.items() if share < FLOORS[kind]} == {}


def test_the_ranking_is_better_than_the_nearest_statement(hidden: Matcher, tmp_path: Path) -> None:
    its = next(sample(tmp_path))
    rows = rankers(hidden)
    wanted = {name: rows[name] for name in ("engine", "encoder alone, best statement")}
    engine, alone = evaluate(wanted, its.queries, its.qrels)
    assert engine.measures["nDCG@10"] >= alone.measures["nDCG@10"] + 0.05


@pytest.mark.parametrize(
    "text",
    [
        "which tyres fit a small hatchback",
        "the recipe says two cups of flour but the dough is wet",
        "train tickets to the coast on Saturday, cheapest fare",
    ],
)
def test_where_nothing_fits_it_says_so(hidden: Matcher, text: str) -> None:
    assert not hidden.match(text).good_match


def test_where_something_fits_it_says_so(hidden: Matcher) -> None:
    texts = [query["text"] for query in read(DATA / "queries.jsonl")]
    assert np.mean([hidden.match(text).good_match for text in texts]) >= 0.95
