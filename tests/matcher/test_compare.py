from pathlib import Path

from matcher import Matcher
from matcher.build import build
from matcher.compare import Difference, Moved, compare
from tests.small import COUPLES, GRIEF, LOOSE, PANIC, TEENS, THERAPISTS, write_directory

SLEEP = "I can't sleep since my mother died"


def test_a_version_does_not_differ_from_itself(small: Matcher) -> None:
    same = compare(small, small, [("q", SLEEP)])
    assert same == Difference((), (), (), 0, 0, False, (), 1)


def test_who_came_went_and_changed_is_told(small: Matcher, index: Path, tmp_path: Path) -> None:
    grief, boundaries, couples, panic, _ = THERAPISTS
    new = {"id": "new", "name": "New", "statements": [{"text": "My mother died and I slept."}]}
    changed = couples | {"statements": [{"text": "Couples argue here until they hear."}]}
    records = [grief, boundaries, changed, panic | {"accepting": True}, new]
    build(write_directory(tmp_path / "d.jsonl", records), index, LOOSE)
    difference = compare(small, Matcher.open(index), [("q", SLEEP)])
    assert (difference.added, difference.removed) == (("new",), (TEENS,))
    assert difference.changed == (COUPLES, PANIC)
    assert difference.statements == 4  # two came, two went
    assert (difference.vectors, difference.encoder_changed) == (0, False)
    (moved,) = difference.moved
    assert (moved.query, moved.came, moved.went) == ("q", ("new",), (TEENS,))
    assert moved.places >= 1
    assert isinstance(moved, Moved)
    assert small.therapist(GRIEF) is not None
