"""The scale case on a directory of a few hundred made therapists."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks import raw, scale_data
from benchmarks.scale_run import Case
from benchmarks.sections import scale
from index.probes import Probe
from matcher import Matcher
from matcher.contents import PASSAGES, SECTIONS
from matcher.query import Query
from matcher.ranking import Weights, probes

TEXTS = ("I can't sleep since my mother died", "we fight about the dishes")


@pytest.fixture(scope="module")
def real(small: Matcher) -> scale_data.Real:
    return scale_data.Real.of(small.contents)


@pytest.fixture(scope="module")
def queries(small: Matcher) -> list[tuple[str, list[Probe]]]:
    return [
        (str(n), probes(Query.of(t, small.contents), small.contents, Weights.packaged()))
        for n, t in enumerate(TEXTS)
    ]


def test_made_sections_are_as_near_to_each_other_as_real_ones(real: scale_data.Real) -> None:
    near = scale_data.neighbours(real)
    assert 0 < real.strength < 4
    assert near["made sections"][1] == pytest.approx(near["sample sections"][1], abs=0.02)


def test_every_made_therapist_has_rows_and_the_same_come_each_time(
    real: scale_data.Real, tmp_path: Path
) -> None:
    facts = scale_data.make(tmp_path / "one", real, 300)
    scale_data.make(tmp_path / "two", real, 300)
    assert facts[SECTIONS] >= 300 <= facts[PASSAGES]
    for name in (f"{SECTIONS}.faiss", f"{PASSAGES}.faiss", "columns.arrow"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_answers_are_timed_and_held_against_an_exact_scan(
    small: Matcher,
    real: scale_data.Real,
    queries: list[tuple[str, list[Probe]]],
    tmp_path: Path,
) -> None:
    scale_data.make(tmp_path, real, 400)
    case = Case(tmp_path, small.contents.taxonomy)
    truth = case.truth([probes for _, probes in queries])
    for share in (1.0, 0.1):
        found = case.timed(share, queries, rounds=2)
        for answer, scores in zip(found["queries"], truth, strict=True):
            assert len(answer["ns"]) == 2
            assert answer["plan"] == "exact"
            assert case.recall(answer["ids"], scores, share) == 1.0
    everyone = np.argsort(truth[0])
    assert case.recall(everyone[:10].tolist(), truth[0], 1.0) == 0.0
    with pytest.raises(AssertionError, match="not 10 admitted therapists"):
        case.recall(everyone[-9:].tolist(), truth[0], 1.0)


def test_the_section_holds_the_figures_of_the_raw_file(tmp_path: Path) -> None:
    query = {"id": "q", "ns": [2_000_000, 4_000_000], "ids": [1], "scores": [0.5], "recall": 0.9}
    figures = {
        "therapists": 11_800,
        "passages": 100_379,
        "bytes": 110_000_000,
        "seconds_derived": 0.5,
        "seconds_proposals": 1.4,
        "rounds": 2,
        "neighbours": {f"{w} sections": [0.4, 0.5, 0.6] for w in ("sample", "made")},
        "memory": {"own": 184e6, "mapped": 209e6, "peak": 415e6},
        "cases": [{"share": 0.001, "queries": [query | {"plan": "approximate"}]}],
        "scoring everyone": [90_000_000],
    }
    raw.write(tmp_path, "scale-100379", figures)
    text = "\n".join(scale.section(tmp_path, tmp_path))
    assert "| 100,379 | 11,800 | 0.11 GB | 0.18 GB | 0.21 GB | 0.41 GB | 1 s |" in text
    assert "| 100,379 | 0.1 % | 3.0 ms | 4.0 ms | 0.9000 | approximate |" in text
    assert "scoring every therapist instead takes 90.0 ms" in text
