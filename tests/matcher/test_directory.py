import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import BadInput
from matcher.directory import Directory, read_directory

GOOD: dict[str, Any] = {"id": "a", "name": "Ann Example", "statements": [{"text": "I help."}]}


def read(path: Path, *lines: object) -> Directory:
    content = b"".join(
        (line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n" for line in lines
    )
    path = path / "directory.jsonl"
    path.write_bytes(content)
    return read_directory(path)


def told(directory: Directory) -> list[str]:
    return [str(problem) for problem in directory.problems]


def test_only_id_name_and_statements_are_needed(tmp_path: Path) -> None:
    directory = read(tmp_path, GOOD)
    assert [t.name for t in directory.therapists] == ["Ann Example"]
    assert directory.problems == ()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": None}, "name: must be of type string"),
        ({"id": "no spaces"}, "id: is not as expected: 1 to 64 of A-Z a-z 0-9 . _ -"),
        ({"state": "ZZ"}, "state: is unknown: a two-letter code of a US state or territory"),
        ({"licensed_in": ["WA", "??"]}, "licensed_in[1]: is unknown"),
        ({"telehealth": "yes"}, "telehealth: must be of type boolean"),
        ({"zip": 98101}, "zip: must be of type string"),
        ({"zip": "981"}, "zip: is not as expected"),
        ({"fee_min": -1}, "fee_min: must be at least 0"),
        ({"fee_min": 10**400}, "fee_min: must be at most 100000"),
        ({"id": "b\n"}, "id: is not as expected"),
        ({"id": ".."}, "id: is not as expected"),
        ({"url": "https://ok.example/\n"}, "url: must be a web address"),
        ({"url": "https://a.example/\u202e"}, "url: must be a web address"),
        ({"statements": [{"text": "...!"}]}, "statements[0].text: has no words"),
        ({"confirmed": "soon"}, "confirmed: is not a date (YYYY-MM-DD)"),
        ({"url": "javascript:alert(1)"}, "url: must be a web address"),
        ({"statements": []}, "statements: is empty"),
        ({"statements": [{"text": " "}]}, "statements[0].text: is blank"),
        ({"statements": [{"about": "cbt"}]}, "statements[0].text: is required"),
        ({"insurance": "Aetna"}, "insurance: must be of type array"),
    ],
)
def test_what_breaks_the_schema_is_told_with_line_and_field(
    tmp_path: Path, change: dict[str, Any], says: str
) -> None:
    directory = read(tmp_path, GOOD, GOOD | {"id": "b"} | change)
    assert len(directory.therapists) == 1
    (problem,) = told(directory)
    assert problem.startswith(f"2: {says}")


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    assert sorted(told(read(tmp_path, {}))) == [
        "1: id: is required",
        "1: name: is required",
        "1: statements: is required",
    ]


def test_one_problem_of_a_line_never_hides_another(tmp_path: Path) -> None:
    twice = [{"text": "I help."}, {"text": "I help.", "abuot": "grief"}]
    bad = GOOD | {"state": "ZZ", "statements": twice, "pets": True, "fee_min": 9, "fee_max": 8}
    assert sorted(told(read(tmp_path, bad, GOOD))) == [
        "1: fee_min: is above fee_max",
        "1: id: is used on line 2 too, which is kept (the later `updated` wins)",
        "1: pets: is no known field, so nothing searches it",
        "1: state: is unknown: a two-letter code of a US state or territory is expected",
        "1: statements[1].abuot: is no known field, so nothing searches it; did you mean about?",
        "1: statements[1]: says the same as statements[0]",
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": "x"', "line: is not JSON"),
        (b'["a"]', "line: must be a JSON object"),
        (b'{"name": "caf\xe9"}', "line: is not UTF-8 at byte 14"),
        (b'{"fee_min": NaN}', "line: is not JSON: NaN"),
        (b'{"fee_min": 1e999}', "line: holds a number too large to keep"),
        (b'{"x": ' + b"[" * 30 + b"]" * 30 + b"}", "line: is nested too deeply"),
        (b'{"name": "\\ud800"}', "line: holds half a character"),
        (b'{"id": "x", "id": "y"}', "line: gives the field id twice"),
        (b"[" * 100_000, "line: is nested too deeply"),
        (b'{"fee_min": ' + b"9" * 5000 + b"}", "line: holds a number too long to read"),
    ],
)
def test_a_broken_line_never_hides_the_next(tmp_path: Path, line: bytes, says: str) -> None:
    directory = read(tmp_path, line, GOOD)
    assert told(directory)[0].startswith(f"1: {says}")
    assert [t.id for t in directory.therapists] == ["a"]
    assert directory.skipped == 1


def test_blank_lines_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path: Path) -> None:
    line = json.dumps(GOOD).encode()
    directory = read(tmp_path, b"\xef\xbb\xbf" + line + b"\r", b"", b"  ")
    assert (len(directory.therapists), directory.problems) == (1, ())


def test_a_statement_twice_is_a_warning(tmp_path: Path) -> None:
    twice = {"statements": [{"text": "I help."}, {"text": "I  help."}]}
    directory = read(tmp_path, GOOD | twice)
    assert told(directory) == ["1: statements[1]: says the same as statements[0]"]
    assert (len(directory.therapists), directory.errors) == (1, ())


def test_an_unknown_field_is_kept_and_told_with_a_guess(tmp_path: Path) -> None:
    directory = read(tmp_path, GOOD | {"langauges": ["English"]})
    assert "did you mean languages?" in told(directory)[0]
    assert directory.therapists[0].record["langauges"] == ["English"]


def test_of_two_lines_with_one_id_the_later_one_is_kept_in_any_order(tmp_path: Path) -> None:
    old, new = GOOD | {"updated": "2026-01-01"}, GOOD | {"updated": "2026-02-01", "name": "New"}
    for lines, dropped in (((old, new), 1), ((new, old), 2)):
        directory = read(tmp_path, *lines)
        assert [t.name for t in directory.therapists] == ["New"]
        assert [p.line for p in directory.errors] == [dropped]


def test_text_is_kept_verbatim(tmp_path: Path) -> None:
    text = "  Two  spaces,\n\ta tab, “quotes” and é — kept.  "
    directory = read(tmp_path, GOOD | {"statements": [{"text": text}]})
    assert directory.therapists[0].statements[0].text == text


def test_a_file_that_is_not_there_is_said_clearly(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.jsonl can't be read: No such file"):
        read_directory(tmp_path / "nowhere.jsonl")
