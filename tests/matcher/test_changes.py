from pathlib import Path

from matcher.changes import Changes, note_removed, note_set
from tests.small import CHANGES

RECORD = {"id": "a", "accepting": True, "updated": "2026-01-10"}


def at(day: str, **line: object) -> str:
    import json

    return json.dumps({"at": f"{day}T12:00:00+00:00", "id": "a", **line}) + "\n"


def read(folder: Path, *lines: str) -> Changes:
    (folder / CHANGES).write_text("".join(lines))
    return Changes.read(folder)


def test_without_changes_a_record_is_itself(tmp_path: Path) -> None:
    assert Changes.read(tmp_path).applied(RECORD) is RECORD


def test_what_was_set_last_wins_field_by_field(tmp_path: Path) -> None:
    changes = read(
        tmp_path,
        at("2026-02-01", set={"accepting": False, "fee_min": 80}),
        at("2026-02-02", set={"fee_min": 90}),
    )
    assert changes.applied(RECORD) == RECORD | {"accepting": False, "fee_min": 90}
    assert changes.applied({"id": "other"}) == {"id": "other"}


def test_a_record_updated_later_wins_and_on_the_same_day_does_not(tmp_path: Path) -> None:
    changes = read(tmp_path, at("2026-01-10", set={"accepting": False}))
    assert changes.applied(RECORD) == RECORD | {"accepting": False}
    later = RECORD | {"updated": "2026-01-11"}
    assert changes.applied(later) is later


def test_one_who_left_stays_gone_until_a_later_record(tmp_path: Path) -> None:
    changes = read(tmp_path, at("2026-02-01", remove=True))
    assert changes.applied(RECORD) is None
    back = RECORD | {"updated": "2026-03-01"}
    assert changes.applied(back) is back


def test_a_torn_line_is_passed_over_and_ended(tmp_path: Path) -> None:
    (tmp_path / CHANGES).write_text(at("2026-02-01", set={"accepting": False}) + '{"at": "2026')
    note_set(tmp_path, "a", {"fee_min": 7})
    changed = Changes.read(tmp_path).applied({"id": "a"})
    assert changed == {"id": "a", "accepting": False, "fee_min": 7}
    note_removed(tmp_path, "a")
    assert Changes.read(tmp_path).applied({"id": "a"}) is None
