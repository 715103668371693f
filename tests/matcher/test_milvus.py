"""The whole engine on Milvus Lite: what it says is what it says from a folder."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from index.versions import Store
from matcher import Matcher
from matcher.build import Options, build
from matcher.changes import Changes
from matcher.putting import put
from matcher.removal import remove, set_fields
from tests.small import FLYING, GRIEF, LOOSE, PANIC, THERAPISTS, as_large, write_directory

TEXTS = (
    "My mother died and I can't sleep.",
    "My heart races in the tram and I think I will die. My girlfriend and I fight all night.",
    "I say yes to everyone",
)
FILTERS: tuple[dict[str, Any], ...] = (
    {},
    {"state": "WA"},
    {"accepting": True, "telehealth": True},
    {"near": {"zip": "98101", "miles": 50}},
    {"max_fee": 120},
    {"not_approaches": ["relational"]},
    {"insurance": ["aetna"], "languages": ["spanish"]},
    {"insurance": ["nobody's"]},
)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An index of the small directory in a file of Milvus Lite, not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    where = f"milvus:{folder}/lite.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        build(write_directory(folder / "directory.jsonl"), where)
    return where


@pytest.fixture
def index(kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """That index, as a machine sees it that was never there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return kept


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An index of one's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    where = f"milvus:{tmp_path}/lite.db"
    build(write_directory(tmp_path / "directory.jsonl"), where)
    return where


def bodies(matcher: Matcher) -> list[dict[str, Any]]:
    return [matcher.match(text, filters).body() for text in TEXTS for filters in FILTERS]


def test_the_version_and_every_answer_are_those_of_a_folder(index: str, small: Matcher) -> None:
    matcher = Matcher.open(index)
    assert matcher.version.id == small.version.id
    assert bodies(matcher) == bodies(small)
    assert matcher.counts({"state": "WA"}) == small.counts({"state": "WA"})
    assert matcher.similar(GRIEF) == small.similar(GRIEF)


def test_so_they_are_where_nothing_is_kept_in_memory(
    index: str, small: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.rows.DECODED", 0)
    matcher = Matcher.open(index)
    assert bodies(matcher) == bodies(small)
    assert matcher.similar(GRIEF) == small.similar(GRIEF)
    found, wanted = (m.match(TEXTS[0], like=[PANIC], unlike=[GRIEF]) for m in (matcher, small))
    assert found.body() == wanted.body()


def test_so_they_are_where_milvus_filters_and_proposes(
    tmp_path: Path, small: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in {
        "matcher.making.LARGE": 0,
        "index.search.EXACT": 0,
        "index.rows.DECODED": 0,
        "index.milvus.groups.LISTED": 0,
    }.items():
        monkeypatch.setattr(name, value)
    where = f"milvus:{tmp_path}/lite.db"
    build(write_directory(tmp_path / "directory.jsonl"), where)
    set_fields(where, GRIEF, {"accepting": False, "state": "OR", "licensed_in": ["OR"]})
    expected = as_large(small)
    changed = Matcher.open(where)
    expected.contents = expected.contents.with_changes(Changes.read(where))
    for text in TEXTS:
        for filters in FILTERS:
            found, wanted = (m.match(text, filters) for m in (changed, expected))
            assert found.plan.startswith("approximate") or not found.matches
            assert found.matches == wanted.matches


def test_a_build_of_what_is_there_makes_nothing_and_one_of_more_encodes_what_is_new(
    own: str, tmp_path: Path
) -> None:
    live = Store(own).current()
    directory = write_directory(tmp_path / "directory.jsonl")
    assert not build(directory, own).published
    more = write_directory(tmp_path / "more.jsonl", [*THERAPISTS, FLYING])
    tried = build(more, own, Options(dry_run=True))
    assert Store(own).ids() == [live]
    report = build(more, own)
    assert report.version == tried.version != live
    assert 0 < report.encoded < 10
    alone = build(more, tmp_path / "folder")
    assert alone.version == report.version, "the vectors taken over are those made anew"
    assert Store(own).rollback() == live


def test_changes_count_at_once_and_whoever_left_is_in_no_version(own: str, tmp_path: Path) -> None:
    set_fields(own, GRIEF, {"accepting": False})
    assert Matcher.open(own).therapist(GRIEF).record["accepting"] is False  # type: ignore[union-attr]
    done = put(own, [FLYING])
    assert (done.added, done.version) == (1, Store(own).current())
    version = remove(own, PANIC)
    matcher = Matcher.open(own)
    assert (matcher.version.id, matcher.therapist(PANIC)) == (version, None)
    assert matcher.match("Afraid of flying").matches[0].therapist.id == "flying"
    assert Store(own).ids() == [version]
    assert [entry.by for entry in Store(own).history.entries()] == ["build", "put", "remove"]
    build(write_directory(tmp_path / "directory.jsonl"), own, LOOSE)
    assert Matcher.open(own).therapist(PANIC) is None


def test_the_encoder_travels_with_the_version(index: str, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    opened = Store(index).open()
    assert (opened.folder / "encoder" / "model.onnx").is_file()
    assert Matcher.open(index).match(TEXTS[0]).matches[0].therapist.id == GRIEF
