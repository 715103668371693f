"""Fields and statements of one therapist are changed as their record stands, or not at all."""

from pathlib import Path
from typing import Any

import pytest

from index.versions import Store
from matcher.changes import note_set
from matcher.merging import BadRecord
from matcher.putting import edit
from matcher.records import tag
from matcher.removal import leave, set_fields
from matcher.standing import NoTherapist, Outdated
from tests.small import CHANGES, GRIEF, PANIC, SPIDERS, THERAPISTS, first, record

Record = dict[str, Any]
ABOARD = "I can't board a plane"


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
    assert not (index / CHANGES).exists()


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
