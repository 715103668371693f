"""Records are put into the live directory: all or none, searchable, and as a build would be."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.versions import Store
from matcher import Matcher, derived, making
from matcher.build import build
from matcher.contents import PASSAGES
from matcher.merging import BadRecord
from matcher.putting import MOST, put
from matcher.removal import leave, remove, set_fields
from tests.small import (
    FLYING,
    GRIEF,
    LOOSE,
    PANIC,
    SPIDERS,
    TEENS,
    THERAPISTS,
    first,
    record,
    write_directory,
)

Record = dict[str, Any]
ABOARD = "I can't board a plane"


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


@pytest.mark.parametrize("name", ["፱", "²", "9" * 5000, "5550100199", "a.b[0]", "[", ""])
def test_a_field_of_any_name_is_taken_and_its_name_never_told(index: Path, name: str) -> None:
    odd = FLYING | {name: 1, "statements": [FLYING["statements"][0] | {name: 1}]}
    done = put(index, [odd])
    assert record(index, "flying") == odd
    assert done.warnings
    assert not [place for place, _ in done.warnings if name and name in place]


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


@pytest.mark.parametrize("rules", [None, "of another release"])
def test_profiles_are_taken_over_from_the_same_code_alone(
    index: Path, monkeypatch: pytest.MonkeyPatch, rules: str | None
) -> None:
    taken, derive = list[bool](), derived.derive

    def watched(*args: Any) -> Any:
        taken.append(args[3] is not None)
        return derive(*args)

    monkeypatch.setattr(derived, "derive", watched)
    if rules:
        monkeypatch.setattr(making, "rules", lambda: rules)
    put(index, [FLYING])
    assert taken == [rules is None]
