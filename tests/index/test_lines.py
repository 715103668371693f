"""Files of JSON lines."""

from pathlib import Path

from index.lines import append_lines, read_lines


def test_a_file_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(read_lines(tmp_path / "no.jsonl")) == []
    append_lines(tmp_path / "no.jsonl", [{"x": 1}])
    assert list(read_lines(tmp_path / "no.jsonl")) == [{"x": 1}]
