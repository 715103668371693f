"""What was cut before is taken over, and is what would be cut now."""

from dataclasses import replace
from typing import Any

import pytest

from matcher import Matcher, cutting
from matcher.cutting import Cuts
from matcher.records import Therapist
from tests.small import GRIEF, PANIC, THERAPISTS


def of(record: dict[str, Any], **fields: Any) -> Therapist:
    return Therapist.of(record | fields)


def test_what_is_taken_over_is_what_would_be_cut(small: Matcher) -> None:
    taking, cutting_ = Cuts(small.contents), Cuts(None)
    for record in THERAPISTS:
        assert taking.of(of(record)) == cutting_.of(of(record))
        cut = cutting_.of(of(record))
        assert {key for *_, key in cut.passages} | set(cut.sections) <= cutting_.texts.keys()
    assert taking.texts == {}


def test_other_fields_do_not_matter_and_statements_do(small: Matcher) -> None:
    cuts = Cuts(small.contents)
    cuts.of(of(THERAPISTS[0], name="Another Name", accepting=False))
    assert cuts.texts == {}
    said = "Some are afraid of birds. We begin with a drawing of a small one and go on from there."
    assert cuts.of(of(THERAPISTS[0], statements=[{"text": said}])).passages
    assert said in cuts.texts.values()


def test_statements_of_one_are_not_taken_for_another(small: Matcher) -> None:
    own, other = ({t["id"]: t for t in THERAPISTS}[id_] for id_ in (GRIEF, PANIC))
    cut = Cuts(small.contents).of(of(own, statements=other["statements"]))
    assert cut == Cuts(None).of(of(other))


def test_a_version_cut_by_other_rules_is_cut_anew(
    small: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert small.version.manifest["cutting"] == cutting.rules()
    monkeypatch.setattr(cutting, "rules", lambda: "other rules")
    cuts = Cuts(replace(small.contents))
    cuts.of(of(THERAPISTS[0]))
    assert cuts.texts
