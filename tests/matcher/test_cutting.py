"""What was cut before is taken over, and is what would be cut now."""

from dataclasses import replace
from typing import Any

import pytest

from matcher import Matcher, cutting
from matcher.contents import records_table
from matcher.cutting import Cut, Cuts
from matcher.records import Therapist
from tests.small import GRIEF, PANIC, THERAPISTS


def cut(cuts: Cuts, record: dict[str, Any], **fields: Any) -> Cut:
    therapist = Therapist.of(record | fields)
    (written,) = records_table([therapist])["record"].to_pylist()
    return cuts.of(therapist, written)


def test_what_is_taken_over_is_what_would_be_cut(small: Matcher) -> None:
    taking, cutting_ = Cuts(small.contents), Cuts(None)
    for record in THERAPISTS:
        taken, anew = cut(taking, record), cut(cutting_, record)
        assert (taken.passages, taken.sections) == (anew.passages, anew.sections)
        assert taken.group == small.contents.groups[record["id"]]
        assert anew.group is None
        assert {key for *_, key in anew.passages} | set(anew.sections) <= cutting_.texts.keys()
    assert taking.texts == {}


def test_other_fields_do_not_matter_and_statements_do(small: Matcher) -> None:
    cuts = Cuts(small.contents)
    taken = cut(cuts, THERAPISTS[0], name="Another Name", accepting=False)
    assert taken == cut(cuts, THERAPISTS[0])
    assert cuts.texts == {}
    said = "Some are afraid of birds. We begin with a drawing of a small one and go on from there."
    anew = cut(cuts, THERAPISTS[0], statements=[{"text": said}])
    assert anew.passages
    assert anew.group is None
    assert said in cuts.texts.values()


def test_statements_of_one_are_not_taken_for_another(small: Matcher) -> None:
    own, other = ({t["id"]: t for t in THERAPISTS}[id_] for id_ in (GRIEF, PANIC))
    said = cut(Cuts(small.contents), own, statements=other["statements"])
    assert said == cut(Cuts(None), other)


def test_a_version_cut_by_other_rules_is_cut_anew(
    small: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.version.manifest["cutting"] == cutting.rules()
    monkeypatch.setattr(cutting, "rules", lambda: "other rules")
    cuts = Cuts(replace(small.contents))
    cut(cuts, THERAPISTS[0])
    assert cuts.texts
