import json
from pathlib import Path

import pytest

from benchmarks.judgments import DATA, grade, judgments, lines


@pytest.mark.parametrize(
    ("main", "also", "core", "more", "expected"),
    [
        (["grief"], [], ["grief", "sleep"], [], 2),
        (["grief", "sleep"], [], ["sleep"], ["grief"], 2),
        (["grief"], [], [], ["grief"], 1),
        (["grief"], ["sleep"], ["sleep"], [], 1),
        (["grief"], ["sleep"], [], ["sleep"], 0),
        (["grief"], [], ["ocd"], ["adhd"], 0),
    ],
)
def test_a_grade_follows_from_what_is_asked_and_what_is_helped_with(
    main: list[str], also: list[str], core: list[str], more: list[str], expected: int
) -> None:
    query = {"issues": {"main": main, "also": also}}
    assert grade(query, {"core": core, "also": more}) == expected


def write(folder: Path, corrections: str) -> Path:
    query = {"id": "q", "issues": {"main": ["grief"], "also": []}}
    helps = [{"id": i, "core": ["grief"] if i == "a" else [], "also": []} for i in "ab"]
    (folder / "queries.jsonl").write_text(json.dumps(query) + "\n")
    (folder / "helps.jsonl").write_text("".join(json.dumps(h) + "\n" for h in helps))
    (folder / "corrections.txt").write_text(corrections)
    return folder


def test_a_correction_wins(tmp_path: Path) -> None:
    assert list(lines(judgments(write(tmp_path, "")))) == ["q 0 a 2"]
    corrected = judgments(write(tmp_path, "q a 0 sees children only\nq b 1 knows this too\n"))
    assert corrected == {("q", "a"): 0, ("q", "b"): 1}
    assert list(lines(corrected)) == ["q 0 b 1"]


def test_a_correction_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown pair: q z"):
        judgments(write(tmp_path, "q z 1 who is this\n"))


def test_the_file_is_what_the_script_writes() -> None:
    text = "".join(line + "\n" for line in lines(judgments()))
    assert (DATA / "qrels.txt").read_text("utf-8") == text
