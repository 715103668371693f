"""A rebuild that would hurt is refused, unless it is forced."""

import json
from pathlib import Path

import pytest

from index.errors import BadInput
from index.versions import Store
from matcher.build import Options, build
from matcher.gates import Gates, Golden, Judged, Refused, read_golden
from tests.small import GRIEF, PANIC, THERAPISTS, write_directory

TEXT = "I can't sleep since my mother died"


def refused(directory: Path, index: Path, options: Options) -> str:
    before = Store(index).current()
    with pytest.raises(Refused) as caught:
        build(directory, index, options)
    assert Store(index).open().id == before
    assert Store(index).ids() == [before]
    return str(caught.value)


def test_too_many_therapists_gone_are_refused(index: Path, tmp_path: Path) -> None:
    fewer = write_directory(tmp_path / "d.jsonl", THERAPISTS[:3])
    told = refused(fewer, index, Options())
    assert "2 of 5 therapists would be gone, more than 20%" in told
    assert build(fewer, index, Options(gates=Gates(max_loss=0.4))).published


def test_one_in_five_may_go(index: Path, tmp_path: Path) -> None:
    assert build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:4]), index).published


def test_a_golden_query_that_misses_is_refused(index: Path, tmp_path: Path) -> None:
    others = [t for t in THERAPISTS if t["id"] != GRIEF]
    path = write_directory(tmp_path / "d.jsonl", others)
    gates = Gates(golden=[Golden("panic on the train", (PANIC,), 1), Golden(TEXT, (GRIEF,))])
    assert "golden query 2 no longer finds grief" in refused(path, index, Options(gates=gates))


def test_quality_below_the_floor_is_refused(index: Path, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text(json.dumps({"id": "1", "text": TEXT}))
    (tmp_path / "qrels.txt").write_text(f"1 0 {PANIC} 2\n")
    judged = Judged(tmp_path / "q.jsonl", tmp_path / "qrels.txt", 0.9)
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:4])
    options = Options(gates=Gates(judged=judged))
    assert "below the floor of 0.900" in refused(path, index, options)
    (tmp_path / "qrels.txt").write_text(f"1 0 {GRIEF} 2\n")
    assert build(path, index, options).published


def test_an_encoder_that_changes_unasked_is_refused(index: Path, tmp_path: Path) -> None:
    from matcher import weights

    other = Path(weights.find(weights.DEFAULT).source)
    path = write_directory(tmp_path / "d.jsonl")
    told = refused(path, index, Options(str(other)))
    assert "the encoder would change from all-MiniLM-L6-v2" in told
    asked = Options(str(other), gates=Gates(same_encoder=False))
    report = build(path, index, asked)
    assert report.published
    # Vectors of another encoder are never taken over.
    assert report.encoded > 500


def test_force_publishes_and_the_history_says_over_what(index: Path, tmp_path: Path) -> None:
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:1])
    report = build(path, index, Options(force=True))
    assert (report.published, report.forced) == (True, ["therapists"])
    entry = Store(index).history.entries()[-1]
    assert (entry.version, entry.forced) == (report.version, ["therapists"])
    assert "4 of 5 therapists would be gone" in entry.gates["therapists"]
    assert entry.gates["encoder"] == "passed"


def test_a_dry_run_does_all_but_publish(index: Path, tmp_path: Path) -> None:
    before = Store(index).current()
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:4])
    report = build(path, index, Options(dry_run=True))
    assert not report.published
    assert report.gates["therapists"] == "passed"
    assert (Store(index).current(), Store(index).ids()) == (before, [before])
    assert build(path, index).version == report.version


@pytest.mark.parametrize(
    "line", ["{", "[]", '{"text": "x"}', '{"text": "x", "expect": []}',
             '{"text": "x", "expect": ["a"], "k": 0}'],
)  # fmt: skip
def test_golden_queries_that_cannot_be_read_are_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "g.jsonl").write_text(line)
    with pytest.raises(BadInput, match=r"g\.jsonl:1: "):
        read_golden(tmp_path / "g.jsonl")


def test_golden_queries_are_read(tmp_path: Path) -> None:
    (tmp_path / "g.jsonl").write_text('{"text": "x", "expect": ["a", "b"], "k": 3}\n')
    assert read_golden(tmp_path / "g.jsonl") == [Golden("x", ("a", "b"), 3)]
