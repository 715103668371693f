from pathlib import Path

from index.folder import Folder
from index.history import Entry, History


def made(folder: Path, *lines: tuple[str, str | None, str]) -> History:
    history = History(Folder(folder))
    for version, parent, by in lines:
        history.add(Entry(version, parent, by))
    return history


def test_entries_come_back_oldest_first(tmp_path: Path) -> None:
    history = History(Folder(tmp_path))
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
    with (tmp_path / "history.jsonl").open("ab") as file:
        file.write(b'{"version": "b", "par')
    history.add(Entry("c", "a", "build"))
    assert [entry.version for entry in history.entries()] == ["a", "c"]
