from pathlib import Path

from index.history import Entry, History, append_line, read_lines


def made(folder: Path, *lines: tuple[str, str | None, str]) -> History:
    history = History(folder)
    for version, parent, by in lines:
        history.add(Entry(version, parent, by))
    return history


def test_entries_come_back_oldest_first(tmp_path: Path) -> None:
    history = History(tmp_path)
    entry = Entry("a", None, "build", {"therapists": "too few"}, ["therapists"])
    history.add(entry)
    (read,) = history.entries()
    assert read == entry
    assert read.published.endswith("+00:00")


def test_ancestors_are_the_versions_built_over_nearest_first(tmp_path: Path) -> None:
    history = made(
        tmp_path,
        ("a", None, "build"),
        ("b", "a", "build"),
        ("a", "b", "rollback"),
        ("c", "a", "build"),
    )
    assert list(history.ancestors("c")) == ["a"]
    assert list(history.ancestors("b")) == ["a"]
    assert list(history.ancestors("a")) == []
    assert list(history.ancestors(None)) == ["c", "a"]
    assert list(history.ancestors("unknown")) == []


def test_a_circle_of_parents_ends(tmp_path: Path) -> None:
    history = made(tmp_path, ("a", None, "build"), ("b", "a", "build"), ("a", "b", "build"))
    assert list(history.ancestors("b")) == ["a"]


def test_a_line_cut_short_by_a_crash_hides_nothing(tmp_path: Path) -> None:
    history = made(tmp_path, ("a", None, "build"))
    with history.path.open("ab") as file:
        file.write(b'{"version": "b", "par')
    history.add(Entry("c", "a", "build"))
    assert [entry.version for entry in history.entries()] == ["a", "c"]


def test_a_file_of_lines_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert list(read_lines(tmp_path / "no.jsonl")) == []
    append_line(tmp_path / "no.jsonl", {"x": 1})
    assert list(read_lines(tmp_path / "no.jsonl")) == [{"x": 1}]
