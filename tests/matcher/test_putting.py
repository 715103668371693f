"""Records are put into the live directory: all or none, searchable, and as a build would be."""

import errno
import json
import multiprocessing
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import Busy, Damaged, NotBuilt, Unwritable
from index.versions import Store
from matcher import Matcher, making
from matcher.build import build
from matcher.changes import FILE, note_removed, note_set
from matcher.contents import PASSAGES
from matcher.merging import BadRecord
from matcher.putting import MOST, edit, put
from matcher.records import tag
from matcher.removal import finish, leave, remove, set_fields
from matcher.standing import NoTherapist, Outdated, Standing
from tests.small import FLYING, GRIEF, LOOSE, PANIC, SPIDERS, TEENS, THERAPISTS, write_directory

Record = dict[str, Any]
ABOARD = "I can't board a plane"


def record(index: Path, id_: str) -> Record:
    found = Matcher.open(index).therapist(id_)
    assert found is not None
    return dict(found.record)


def first(index: Path, text: str, **filters: object) -> str:
    return Matcher.open(index).match(text, filters).matches[0].therapist.id


def test_one_who_is_new_is_found_by_words_and_by_zip(index: Path) -> None:
    done = put(index, [FLYING])
    assert (done.added, done.changed, done.unchanged) == (1, 0, 0)
    assert Store(index).current() == done.version
    assert first(index, ABOARD) == "flying"
    assert first(index, ABOARD, near={"zip": "98104", "miles": 25}) == "flying"


def test_a_known_id_is_replaced_and_only_its_new_words_are_encoded(index: Path) -> None:
    before = Matcher.open(index).contents.texts[PASSAGES]
    vectors = dict(
        zip(before.table["text"].to_pylist(), before.take(np.arange(len(before))), strict=True)
    )
    done = put(index, [THERAPISTS[3] | {"statements": SPIDERS}, THERAPISTS[0]])
    assert (done.added, done.changed, done.unchanged) == (0, 1, 1)
    assert 1 <= done.encoded <= 3
    assert first(index, "spiders frighten me") == PANIC
    after = Matcher.open(index).contents.texts[PASSAGES]
    same = 0
    for text, vector in zip(
        after.table["text"].to_pylist(), after.take(np.arange(len(after))), strict=True
    ):
        if text in vectors:
            same += 1
            assert vectors[text].tobytes() == vector.tobytes()
    assert same >= 5


def test_it_is_the_version_that_a_build_of_the_same_directory_is(
    index: Path, built: Path, tmp_path: Path
) -> None:
    changed = THERAPISTS[0] | {"statements": SPIDERS, "zip": "97205"}
    done = put(index, [FLYING, changed])
    other = shutil.copytree(built, tmp_path / "other")  # for its encoder
    directory = write_directory(tmp_path / "d.jsonl", [changed, *THERAPISTS[1:], FLYING])
    assert build(directory, other, LOOSE).version == done.version
    # And where it was put, that build finds nothing to do.
    assert not build(directory, index, LOOSE).published


@pytest.mark.parametrize("records", [[], THERAPISTS, THERAPISTS[1:3]])
def test_what_is_live_already_makes_nothing(index: Path, records: list[Record]) -> None:
    before = sorted(p for p in index.rglob("*") if p.name not in (".lock", ".changes.lock"))
    done = put(index, records)
    assert (done.added, done.changed, done.unchanged) == (0, 0, len(records))
    assert done.encoded == 0
    assert done.version == Store(index).current()
    after = sorted(p for p in index.rglob("*") if p.name not in (".lock", ".changes.lock"))
    assert before == after


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ([FLYING, THERAPISTS[0] | {"fee_min": -1}], "therapists.1.fee_min: must be at least 0"),
        ([{"id": "x", "name": "X"}], "therapists.0.statements: is required"),
        ([FLYING | {"statements": []}], "therapists.0.statements: is empty"),
        (
            [FLYING | {"statements": [{"text": "…"}]}],
            "therapists.0.statements.0.text: has no words",
        ),
        ([FLYING | {"id": "../x"}], "therapists.0.id: "),
        ([FLYING | {"id": 7}], "therapists.0.id: must be of type string"),
        ([FLYING, FLYING], "therapists.1.id: is that of therapists.0 too"),
        ([{}], "therapists.0.id: is required"),
        ([FLYING] * (MOST + 1), "therapists: has more than 5,000 entries"),
    ],
)
def test_one_record_that_is_wrong_refuses_all_and_is_named(
    index: Path, records: list[Record], told: str
) -> None:
    before = Store(index).current()
    with pytest.raises(BadRecord) as refused:
        put(index, records)
    assert told in str(refused.value)
    assert Store(index).current() == before
    assert Matcher.open(index).therapist("flying") is None


def test_every_wrong_field_is_named(index: Path) -> None:
    wrong = [THERAPISTS[n] | {"fee_min": -1, "zip": "1"} for n in range(5)]
    with pytest.raises(BadRecord) as refused:
        put(index, wrong)
    assert len(refused.value.wrong) == 10
    assert str(refused.value).endswith("; and 5 more")


def test_what_may_be_a_mistake_is_taken_and_told(index: Path) -> None:
    done = put(index, [FLYING | {"acepting": True}])
    assert done.warnings == [
        (
            "therapists.0.acepting",
            "is no known field, so nothing searches it; did you mean accepting?",
        )
    ]
    assert record(index, "flying")["acepting"] is True


def test_a_put_is_newer_than_what_was_set_before(index: Path, tmp_path: Path) -> None:
    set_fields(index, GRIEF, {"accepting": False, "fee_min": 70, "pronouns": "she/her"})
    done = put(index, [THERAPISTS[0]])
    assert done.changed == 1
    assert record(index, GRIEF) == THERAPISTS[0]
    assert Matcher.open(index).version_told.endswith("+0")
    # Whatever is made of it later keeps it.
    set_fields(index, GRIEF, {"fee_max": 160})
    put(index, [FLYING])
    remove(index, PANIC)
    kept = THERAPISTS[0] | {"fee_max": 160}
    assert record(index, GRIEF) == kept
    build(write_directory(tmp_path / "d.jsonl"), index, LOOSE)
    assert record(index, GRIEF) == kept


def test_what_is_set_of_others_is_kept(index: Path) -> None:
    set_fields(index, TEENS, {"accepting": False})
    put(index, [FLYING])
    assert record(index, TEENS)["accepting"] is False
    set_fields(index, TEENS, {"accepting": True})
    assert record(index, TEENS)["accepting"] is True


def test_what_is_set_while_records_are_put_is_newer(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_fields(index, GRIEF, {"accepting": False, "fee_min": 70})
    made = making.make

    def meanwhile(*args: Any) -> Any:
        set_fields(index, GRIEF, {"fee_min": 80})
        leave(index, PANIC)
        return made(*args)

    monkeypatch.setattr("matcher.remaking.make", meanwhile)
    put(index, [THERAPISTS[0], THERAPISTS[3] | {"statements": SPIDERS}])
    assert record(index, GRIEF) == THERAPISTS[0] | {"fee_min": 80}
    assert Matcher.open(index).therapist(PANIC) is None


def test_one_who_left_is_back_when_put_again(index: Path, tmp_path: Path) -> None:
    set_fields(index, GRIEF, {"accepting": False})
    remove(index, GRIEF)
    done = put(index, [THERAPISTS[0]])
    assert done.added == 1
    assert record(index, GRIEF) == THERAPISTS[0]
    report = build(write_directory(tmp_path / "d.jsonl"), index)
    assert report.removed == []
    remove(index, GRIEF)
    assert Matcher.open(index).therapist(GRIEF) is None


def test_a_record_of_the_past_or_of_the_future_is_put_as_it_is(index: Path) -> None:
    set_fields(index, GRIEF, {"accepting": False})
    for day in ("1999-01-01", "2999-01-01"):
        put(index, [THERAPISTS[0] | {"updated": day}])
        assert record(index, GRIEF) == THERAPISTS[0] | {"updated": day}
    set_fields(index, GRIEF, {"accepting": False})
    assert record(index, GRIEF)["accepting"] is False
    leave(index, GRIEF)
    assert Matcher.open(index).therapist(GRIEF) is None


def test_going_back_undoes_a_put(index: Path) -> None:
    put(index, [FLYING, THERAPISTS[3] | {"statements": SPIDERS}])
    Store(index).rollback()
    assert Matcher.open(index).therapist("flying") is None
    assert record(index, PANIC) == THERAPISTS[3]
    assert [entry.by for entry in Store(index).history.entries()] == ["build", "put", "rollback"]


def test_many_puts_leave_a_few_versions(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matcher.remaking.KEPT", 2)
    made = [put(index, [FLYING | {"fee_min": fee}]).version for fee in range(4)]
    assert Store(index).ids() == sorted(made[-2:])


def test_it_does_without_what_only_a_build_needs(
    index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from importlib.metadata import PackageNotFoundError, version

    def base(name: str) -> str:
        if name in ("zipcodes", "scikit-learn", "torch", "sentence-transformers", "onnx"):
            raise PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(making, "installed", base)
    monkeypatch.setitem(__import__("sys").modules, "zipcodes", None)
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    put(index, [FLYING])
    assert first(index, ABOARD) == "flying"
    remove(index, "flying")


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("shutil.copyfile", OSError(errno.ENOSPC, "No space left on device")),
        ("pyarrow.feather.write_feather", OSError(errno.EROFS, "Read-only file system")),
        ("faiss.write_index", RuntimeError("write error in somewhere.cpp")),
        ("matcher.changes.append_lines", OSError(errno.ENOSPC, "No space left on device")),
        ("os.fsync", OSError(errno.EIO, "Input/output error")),
    ],
)
def test_a_disk_that_takes_no_more_changes_nothing(
    index: Path, monkeypatch: pytest.MonkeyPatch, place: str, error: Exception
) -> None:
    set_fields(index, GRIEF, {"accepting": False})
    before, changes = Store(index).current(), (index / FILE).read_bytes()

    def full(*args: object, **kwargs: object) -> None:
        raise error

    with monkeypatch.context() as broken:
        broken.setattr(place, full)
        with pytest.raises(Unwritable, match=r"what was live still is\. A version takes about"):
            put(index, [FLYING, THERAPISTS[0]])
    assert (Store(index).current(), (index / FILE).read_bytes()) == (before, changes)
    assert record(index, GRIEF)["accepting"] is False
    put(index, [FLYING, THERAPISTS[0]])
    assert record(index, GRIEF) == THERAPISTS[0]


def test_only_one_is_at_work_and_another_is_told(index: Path) -> None:
    with Store(index).locked():
        with pytest.raises(Busy, match="wait for it"):
            put(index, [FLYING])
        # What needs no version does not wait.
        set_fields(index, GRIEF, {"accepting": False})
        leave(index, PANIC)
    assert Matcher.open(index).therapist(PANIC) is None


def test_where_nothing_is_built_or_what_is_live_is_damaged_nothing_is_put(
    index: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotBuilt):
        put(tmp_path / "none", [FLYING])
    assert not (tmp_path / "none").exists()
    version = Store(index).open()
    (version.folder / "hubs.npy").write_bytes(b"")
    with pytest.raises(Damaged, match=r"hubs\.npy"):
        put(index, [FLYING])


def test_a_kill_at_any_instant_leaves_all_or_nothing(index: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["matcher.putting", "tests.small"])
    chance = random.Random(20261130)
    set_fields(index, GRIEF, {"accepting": False})
    store = Store(index)
    for number in range(10):
        before = {therapist["id"]: therapist for therapist in Standing(index)}
        news = [FLYING | {"fee_min": number}, THERAPISTS[3] | {"fee_min": number}]
        process = processes.Process(target=put, args=(index, news))
        process.start()
        process.join(chance.uniform(0, 1.5))
        process.kill()
        process.join()
        live, trouble = store.sound()
        assert (trouble, live.id) == ("", store.current())
        after = {therapist["id"]: therapist for therapist in Standing(index)}
        assert after in (before, before | {news[0]["id"]: news[0], news[1]["id"]: news[1]})
    put(index, news)
    assert record(index, "flying") == news[0]
    assert [p.name for p in store.versions.iterdir() if p.name not in store.ids()] == []


def test_fields_and_words_are_edited_in_one_version(index: Path) -> None:
    done = edit(index, PANIC, {"statements": SPIDERS, "accepting": True, "name": "Pavel"})
    assert done.record == {"id": PANIC, "name": "Pavel", "accepting": True, "statements": SPIDERS}
    assert record(index, PANIC) == done.record
    assert first(index, "spiders frighten me", accepting=True) == PANIC


def test_an_edit_keeps_what_was_set_before_it(index: Path) -> None:
    set_fields(index, GRIEF, {"accepting": False, "fee_max": None})
    edit(index, GRIEF, {"statements": SPIDERS})
    told = record(index, GRIEF)
    assert (told["accepting"], told["statements"]) == (False, SPIDERS)
    assert "fee_max" not in told


def test_a_field_is_taken_away_by_null(index: Path) -> None:
    assert "fee_max" not in set_fields(index, GRIEF, {"fee_max": None}).record
    assert "fee_max" not in record(index, GRIEF)
    remade = edit(index, GRIEF, {"statements": SPIDERS})
    assert "fee_max" not in remade.record
    set_fields(index, GRIEF, {"fee_max": 200})
    assert record(index, GRIEF)["fee_max"] == 200


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": None}, "name: is required"),
        ({"statements": None}, "statements: is required"),
        ({"id": "other"}, "id: stays what it is"),
        ({"id": None}, "id: stays what it is"),
        ({"acepting": False}, "acepting: is no known field"),
        ({"fee_min": "free"}, "fee_min: must be of type number"),
        ({"statements": [{"text": ""}]}, "statements.0.text"),
    ],
)
def test_an_edit_that_the_schema_does_not_take_changes_nothing(
    index: Path, fields: Record, told: str
) -> None:
    for change in (edit, set_fields):
        with pytest.raises(BadRecord, match=told):
            change(index, GRIEF, fields)
    assert record(index, GRIEF) == THERAPISTS[0]
    assert not (index / FILE).exists()


def test_who_read_an_older_record_changes_nothing(index: Path) -> None:
    old = {tag(THERAPISTS[0])}
    set_fields(index, GRIEF, {"fee_min": 90}, old)
    for change in (
        lambda: set_fields(index, GRIEF, {"fee_min": 95}, old),
        lambda: edit(index, GRIEF, {"statements": SPIDERS}, old),
        lambda: leave(index, GRIEF, old),
    ):
        with pytest.raises(Outdated):
            change()
    assert record(index, GRIEF) == THERAPISTS[0] | {"fee_min": 90}
    edit(index, GRIEF, {"statements": SPIDERS}, {tag(record(index, GRIEF))})


def test_what_changes_before_its_turn_is_seen(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Store.open

    def meanwhile(self: Store, *args: Any, **named: Any) -> Any:
        if not args and not named:  # under the lock, with every hash
            note_set(index, GRIEF, {"fee_min": 90})
        return opened(self, *args, **named)

    monkeypatch.setattr(Store, "open", meanwhile)
    with pytest.raises(Outdated):
        edit(index, GRIEF, {"statements": SPIDERS}, {tag(THERAPISTS[0])})


def test_nobody_of_that_id_is_edited_or_leaves(index: Path) -> None:
    leave(index, PANIC)
    for id_ in ("nobody", PANIC):
        with pytest.raises(NoTherapist):
            edit(index, id_, {"statements": SPIDERS})
        with pytest.raises(NoTherapist):
            leave(index, id_)


def test_what_was_set_of_one_who_left_is_forgotten(index: Path) -> None:
    set_fields(index, GRIEF, {"name": "Greta Somebody"})
    set_fields(index, TEENS, {"fee_min": 60})
    leave(index, GRIEF)
    leave(index, PANIC)
    finish(index)
    assert not [p for p in index.rglob("*") if p.is_file() and b"Greta" in p.read_bytes()]
    assert record(index, TEENS)["fee_min"] == 60
    assert [t["id"] for t in Standing(index)] == ["boundaries", "couples", TEENS]
    told = [json.loads(line) for line in (index / FILE).read_text().splitlines()]
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
