from pathlib import Path

from benchmarks import raw
from benchmarks.profile import REST, STAGES, Clocks, profile
from benchmarks.sections import profile as section
from matcher import Matcher


def test_every_stage_of_an_answer_is_timed(small: Matcher) -> None:
    spent = profile(small, "My mother died in May. I can't stop working at night.")
    assert set(spent) == {stage for _, _, stage in STAGES} | {REST}
    assert all(ns > 0 for ns in spent.values())


def test_a_stage_does_not_count_what_runs_within_it() -> None:
    clocks = Clocks()
    with clocks.running("outer"):
        before = dict(clocks.spent)
        with clocks.running("inner"):
            sum(range(200_000))
    assert before == {}
    assert clocks.spent["outer"] < clocks.spent["inner"]


def test_the_section_has_the_longest_stage_first(tmp_path: Path) -> None:
    answers = [{"id": "q", "ns": {"split": 100_000, "encode": 900_000}}]
    raw.write(tmp_path, "profile", {"rounds": 1, "queries": answers})
    text = "\n".join(section.section(tmp_path, tmp_path))
    assert text.index("| encode | 0.900 ms | 0.900 ms | 90.0% |") < text.index(
        "| split | 0.100 ms | 0.100 ms | 10.0% |"
    )
