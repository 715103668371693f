"""A build: the same directory is the same version, and a bad one never goes live."""

import errno
import json
import socket
from dataclasses import replace
from inspect import unwrap
from pathlib import Path

import pytest

from index.errors import BadInput, Damaged, EngineError, Missing
from index.versions import Store
from matcher import Matcher, alarm, export
from matcher.build import Options, build
from tests.small import LOOSE, THERAPISTS, write_directory


def test_an_unchanged_directory_builds_nothing_in_any_line_order(
    index: Path, tmp_path: Path
) -> None:
    before = Store(index).current()
    report = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[::-1]), index)
    assert (report.published, report.version, report.encoded) == (False, before, 0)
    assert [p.name for p in (index / "versions").iterdir()] == [before]


def test_the_same_directory_elsewhere_is_the_same_version(index: Path, tmp_path: Path) -> None:
    first = Store(index).current()
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), index, LOOSE)
    again = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[::-1]), index)
    assert (again.published, again.version) == (True, first)


def test_only_changed_passages_are_encoded_and_the_result_is_that_of_a_full_build(
    index: Path, tmp_path: Path
) -> None:
    grief, *others = THERAPISTS
    first, second = grief["statements"]
    changed = first | {"text": first["text"] + " Some of them laugh here for the first time."}
    path = write_directory(
        tmp_path / "d.jsonl", [grief | {"statements": [changed, second]}, *others]
    )
    report = build(path, index)
    assert report.encoded == 2  # the statement and its new passage
    assert build(path, tmp_path / "full").version == report.version


def test_it_says_what_was_taken_and_skipped(index: Path, tmp_path: Path) -> None:
    path = write_directory(tmp_path / "d.jsonl", THERAPISTS[:3])
    with path.open("a") as file:
        file.write("not json\n" + json.dumps({"id": "x"}) + "\n")
    report = build(path, index, LOOSE)
    assert report.published
    assert (len(report.directory.therapists), report.directory.skipped) == (3, 2)
    assert {p.line for p in report.directory.errors} == {4, 5}
    assert (report.counts["statements"], report.counts["passages"]) == (4, 7)


def test_a_directory_of_nothing_leaves_the_live_version(index: Path, tmp_path: Path) -> None:
    (tmp_path / "d.jsonl").write_text("\n")
    before = Store(index).current()
    with pytest.raises(BadInput, match="no therapist that can be taken"):
        build(tmp_path / "d.jsonl", index)
    assert Store(index).open().id == before


def test_a_damaged_live_version_is_built_anew(index: Path, tmp_path: Path) -> None:
    store = Store(index)
    version = store.current()
    vectors = store.versions / version / "passages.faiss"
    content = bytearray(vectors.read_bytes())
    content[100] ^= 1
    vectors.write_bytes(content)
    with pytest.raises(Damaged, match=r"passages\.faiss"):
        Matcher.open(index)
    assert build(write_directory(tmp_path / "d.jsonl"), index).version == version
    Matcher.open(index)


def test_a_flipped_byte_in_any_file_is_seen_and_named(index: Path) -> None:
    store = Store(index)
    folder = store.versions / store.current()
    files = [p for p in folder.rglob("*") if p.is_file()]
    assert len(files) == 21
    for path in files:
        content = bytearray(path.read_bytes())
        content[len(content) // 3] ^= 4
        path.write_bytes(content)
        with pytest.raises(Damaged, match=path.name):
            Matcher.open(index)
        content[len(content) // 3] ^= 4
        path.write_bytes(content)
    Matcher.open(index)


def test_a_model_not_on_this_machine_is_said_and_harms_nothing(index: Path, tmp_path: Path) -> None:
    before = Store(index).current()
    with pytest.raises(Missing):
        build(
            write_directory(tmp_path / "d.jsonl", THERAPISTS[:1]), index, Options("no/such-model")
        )
    assert Store(index).open().id == before


def test_a_folder_that_is_no_model_is_said_and_harms_nothing(index: Path, tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[{}]")
    with pytest.raises(BadInput, match="no sentence-transformers model"):
        build(write_directory(tmp_path / "d.jsonl"), tmp_path / "fresh", Options(str(tmp_path)))


def test_a_version_made_by_hand_is_refused_and_built_over(index: Path, tmp_path: Path) -> None:
    store = Store(index)
    manifest = dict(store.open().manifest)
    with store.building() as made:
        (made / "file").write_text("nothing of a version")
        del manifest["files"], manifest["format"]
        store.publish(store.seal(made, manifest | {"source": "made by hand"}))
    with pytest.raises(Damaged, match="build again"):
        Matcher.open(index)
    assert build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:1]), index).published
    assert Matcher.open(index).match("sleep").matches


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("shutil.copyfile", OSError(errno.ENOSPC, "No space left on device")),
        ("pyarrow.feather.write_feather", OSError(errno.ENOSPC, "No space left on device")),
        ("faiss.write_index", RuntimeError("write error in somewhere.cpp")),
        ("os.fsync", OSError(errno.EIO, "Input/output error")),
    ],
)
def test_a_disk_that_is_full_leaves_the_live_version(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise error

    before = Store(index).current()
    monkeypatch.setattr(place, full)
    with pytest.raises(
        EngineError, match=r"what was live still is\. A version takes about [345]\d MB, \d+ MB"
    ):
        build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:1]), index)
    assert Store(index).open().id == before
    assert [p.name for p in (index / "versions").iterdir()] == [before]


def test_a_directorys_approaches_are_described_in_its_words(index: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(json.dumps({"name": "Relational Therapy", "description": "Ours."}) + "\n")
    build(write_directory(tmp_path / "d.jsonl"), index, Options(approaches=own))
    assert Matcher.open(index).contents.taxonomy.approaches["relational"].description == "Ours."


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "[" * 100_000,
        '{"name": "x"}',
        '{"name": 1, "description": ""}',
        '{"name": "", "description": ""}',
        '{"name": "\\ud800", "description": "x"}',
    ],
)
def test_approaches_that_cannot_be_read_are_refused(
    index: Path, tmp_path: Path, content: str
) -> None:
    own = tmp_path / "own.jsonl"
    own.write_text(content)
    with pytest.raises(BadInput, match=r"own\.jsonl"):
        build(write_directory(tmp_path / "d.jsonl"), index, Options(approaches=own))


def test_neither_a_build_nor_a_match_needs_the_network(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(export, "export", unwrap(export.export))
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:2]), tmp_path / "fresh")
    assert Matcher.open(tmp_path / "fresh").match("sleep").matches


def test_the_alarm_is_taken_over_without_learning_again(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again(*args: object) -> None:
        raise AssertionError("the alarm was fitted again")

    store = Store(index)
    first = store.current()
    monkeypatch.setattr(alarm, "fit", again)
    report = build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:4]), index, LOOSE)
    assert report.published
    assert report.version != first
    kept, taken = (store.versions / id_ / alarm.FILE for id_ in (first, report.version))
    assert taken.read_bytes() == kept.read_bytes()


def test_an_alarm_that_learnt_from_something_else_is_not_taken_over(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = replace(Matcher.open(index).contents.alarm, source="other lines")
    monkeypatch.setattr(alarm, "source", lambda fingerprint: "other lines")
    monkeypatch.setattr(alarm, "fit", lambda encoder: fresh)
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:4]), index, LOOSE)
    assert Matcher.open(index).contents.alarm.source == "other lines"
