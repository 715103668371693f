"""Pause, edit and remove without a rebuild; who leaves is gone from every file."""

import json
from pathlib import Path
from typing import Any

import pytest

from index.errors import BadInput
from index.versions import Store
from matcher import Matcher
from matcher.attributes import columns
from matcher.build import build
from matcher.changes import Changes, note_removed
from matcher.contents import Contents
from matcher.putting import put
from matcher.records import Therapist
from matcher.removal import finish, leave, remove, set_fields
from matcher.standing import Standing
from tests.small import (
    CHANGES,
    FLYING,
    GRIEF,
    LOOSE,
    PANIC,
    TEENS,
    THERAPISTS,
    record,
    write_directory,
)

TEXT = "I can't sleep since my mother died"


def accepting(index: Path) -> list[str]:
    matches = Matcher.open(index).match(TEXT, {"accepting": True}).matches
    return [match.therapist.id for match in matches]


def test_a_pause_shows_in_answers_filters_and_the_record(index: Path) -> None:
    assert GRIEF in accepting(index)
    version = Matcher.open(index).match(TEXT).version
    set_fields(index, GRIEF, {"accepting": False})
    assert GRIEF not in accepting(index)
    matcher = Matcher.open(index)
    paused = matcher.therapist(GRIEF)
    assert paused is not None
    assert paused.record["accepting"] is False
    assert version.endswith("+0")
    assert matcher.match(TEXT).version == version.replace("+0", "+1")


def test_it_holds_for_every_version_and_for_the_next_build(index: Path, tmp_path: Path) -> None:
    set_fields(index, GRIEF, {"accepting": False})
    report = build(write_directory(tmp_path / "d.jsonl"), index)
    assert report.published
    assert GRIEF not in accepting(index)
    Store(index).rollback()
    assert GRIEF not in accepting(index)
    later = THERAPISTS[0] | {"updated": "9999-01-01"}
    build(write_directory(tmp_path / "d.jsonl", [later, *THERAPISTS[1:]]), index)
    assert GRIEF in accepting(index)


@pytest.mark.parametrize("fields", [{"fee_min": -1}, {"confirmed": "soon"}, {"accepting": "yes"}])
def test_a_value_the_schema_does_not_take_changes_nothing(
    index: Path, fields: dict[str, object]
) -> None:
    with pytest.raises(BadInput, match=next(iter(fields))):
        set_fields(index, GRIEF, fields)
    assert not (index / "changes.jsonl").exists()


def test_nobody_of_that_id_is_said(index: Path) -> None:
    with pytest.raises(BadInput, match="no therapist"):
        set_fields(index, "nobody", {"accepting": False})
    with pytest.raises(BadInput, match="no therapist"):
        remove(index, "nobody")


def test_who_is_removed_is_in_no_answer_and_in_no_file(index: Path, tmp_path: Path) -> None:
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:4]), index, LOOSE)
    assert len(Store(index).ids()) == 2
    version = remove(index, GRIEF)
    assert Store(index).ids() == [version] == [Store(index).current()]
    matcher = Matcher.open(index)
    assert matcher.therapist(GRIEF) is None
    assert GRIEF not in [m.therapist.id for m in matcher.match(TEXT).matches]
    assert matcher.match(TEXT).counts.directory == 3
    words = b"After a death the nights are the worst"
    assert not [p for p in index.rglob("*") if p.is_file() and words in p.read_bytes()]


def test_who_was_removed_stays_out_of_the_next_build(index: Path, tmp_path: Path) -> None:
    remove(index, GRIEF)
    report = build(write_directory(tmp_path / "d.jsonl"), index)
    assert report.removed == [GRIEF]
    assert Matcher.open(index).therapist(GRIEF) is None


def test_a_removal_is_seen_before_its_version_is_made(index: Path) -> None:
    from matcher.changes import note_removed

    note_removed(index, PANIC)
    matcher = Matcher.open(index)
    assert matcher.therapist(PANIC) is None
    result = matcher.match("my heart races in the supermarket")
    assert PANIC not in [m.therapist.id for m in result.matches]
    assert (result.counts.directory, result.counts.qualifying) == (4, 4)


def test_a_removal_that_was_interrupted_is_completed_by_another(index: Path) -> None:
    from matcher.changes import note_removed

    note_removed(index, GRIEF)
    version = remove(index, GRIEF)
    assert Store(index).ids() == [version]


def test_the_only_therapist_cannot_be_removed(index: Path, tmp_path: Path) -> None:
    build(write_directory(tmp_path / "d.jsonl", THERAPISTS[:1]), index, LOOSE)
    with pytest.raises(BadInput, match="delete the index folder"):
        remove(index, GRIEF)


def test_changes_give_the_columns_that_a_build_of_the_changed_records_gives(small: Matcher) -> None:
    own = small.contents
    news = {
        "insurance": ("9999", ["Kaiser", "aetna"]),
        "zip": ("9999", None),
        "fee_min": ("9999", 7),
    }
    changes = Changes({GRIEF: news, TEENS: news}, {PANIC: "9999"})
    changed = own.with_changes(changes)
    records = [changes.applied(record) or record for record in _records(own)]
    expected = columns([Therapist.of(r) for r in records], own.taxonomy, own.zips)
    assert changed.columns.to_pylist() == expected.to_pylist()
    assert _records(changed) == records
    assert sorted(changed.groups) == sorted({t["id"] for t in THERAPISTS} - {PANIC})
    assert changed.changed == 3
    assert own.with_changes(Changes()) is own


def _records(contents: Contents) -> list[dict[str, Any]]:
    return [json.loads(text) for text in contents.records["record"].to_pylist()]


def test_what_was_set_of_one_who_left_is_forgotten(index: Path) -> None:
    set_fields(index, GRIEF, {"name": "Greta Somebody"})
    set_fields(index, TEENS, {"fee_min": 60})
    leave(index, GRIEF)
    leave(index, PANIC)
    finish(index)
    assert not [p for p in index.rglob("*") if p.is_file() and b"Greta" in p.read_bytes()]
    assert record(index, TEENS)["fee_min"] == 60
    assert [t["id"] for t in Standing(index)] == ["boundaries", "couples", TEENS]
    told = [json.loads(line) for line in (index / CHANGES).read_text().splitlines()]
    assert {line["id"] for line in told if line.get("remove")} == {GRIEF, PANIC}


@pytest.mark.parametrize("by", ["put", "build", "remove"])
def test_a_removal_cut_short_is_completed_by_whatever_comes_next(
    index: Path, tmp_path: Path, by: str
) -> None:
    note_removed(index, GRIEF)
    if by == "put":
        put(index, [FLYING])
    elif by == "build":
        build(write_directory(tmp_path / "d.jsonl"), index, LOOSE)
    else:
        remove(index, TEENS)
    assert Store(index).ids() == [Store(index).current()]
    assert not [p for p in index.rglob("*") if p.is_file() and b"Greta" in p.read_bytes()]


def test_the_last_of_all_does_not_leave(index: Path) -> None:
    for therapist in THERAPISTS[1:]:
        leave(index, therapist["id"])
    with pytest.raises(Exception, match="delete the index folder"):
        leave(index, GRIEF)
    finish(index)
    assert [t["id"] for t in Standing(index)] == [GRIEF]
