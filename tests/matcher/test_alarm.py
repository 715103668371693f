"""The alarm: what it was fitted to is heard again, ordinary trouble stays quiet."""

import json
import sys
from collections.abc import Sequence
from inspect import unwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.errors import Missing
from index.vectors import Floats
from index.versions import Store
from matcher import Matcher, alarm
from matcher.alarm import FILE, Alarm, read_lines, source
from matcher.passages import struggles

DANGER = [line for line in read_lines(held=False) if line["kind"]][::40]
QUIET = [
    "I want to be more confident at work",
    "My husband and I argue about money every week",
    "I miss my mother, who died last spring",
    "I can't decide whether to change jobs",
    "I feel lonely since I moved to a new city",
    "My daughter is starting college and the house is quiet",
    "Public speaking makes my hands shake",
    "I procrastinate and then feel guilty",
    "Looking for couples counseling before our wedding",
    "Quiero hablar mejor en público",
]
CUT = "Last night I cut my arms again and I cannot stop."
LONG = (
    "I moved to Denver in March for a new job. The work is fine and my colleagues are friendly. "
    "On weekends I hike with a group from the library. {} My sister calls every Sunday and we "
    "talk about her garden. I have been learning to bake bread."
)


def vectors(small: Matcher, text: str) -> tuple[Floats, Floats]:
    return small.contents.encoder.encode_spans(text, struggles(text))


def heard(small: Matcher, text: str) -> tuple[str, ...]:
    return small.contents.alarm.heard(text, struggles(text), *vectors(small, text))


def kept(index: Path) -> Path:
    store = Store(index)
    return store.versions / store.current() / FILE


def test_the_lines_it_was_fitted_to_are_heard_again_by_their_kind(small: Matcher) -> None:
    found = [(line["kind"], heard(small, line["text"])) for line in DANGER]
    said = [(kind, kinds) for kind, kinds in found if kinds]
    assert len(found) >= 30
    assert len(said) >= 0.9 * len(found)
    assert sum(kind in kinds for kind, kinds in said) >= 0.8 * len(said)


@pytest.mark.parametrize("text", QUIET)
def test_ordinary_trouble_stays_quiet(small: Matcher, text: str) -> None:
    assert heard(small, text) == ()


@pytest.mark.parametrize(
    ("kind", "said"),
    [("self-harm", CUT), ("violence", "My husband locks me in the bedroom and hits me.")],
)
def test_danger_in_one_sentence_of_a_long_text_is_heard(
    small: Matcher, kind: str, said: str
) -> None:
    assert heard(small, LONG.format("")) == ()
    assert kind in heard(small, LONG.format(said))


def test_danger_that_the_whole_text_drowns_is_heard_in_a_part(small: Matcher) -> None:
    own, text = small.contents.alarm, f"{QUIET[0]}. {CUT}"
    quiet, danger = vectors(small, QUIET[0])[0], vectors(small, CUT)[0]
    assert "self-harm" in own.heard(text, struggles(text), quiet, np.stack([quiet, danger]))


def test_a_text_of_one_struggle_is_heard_as_a_whole_alone(small: Matcher) -> None:
    own = small.contents.alarm
    quiet, danger = vectors(small, QUIET[0])[0], vectors(small, CUT)[0]
    assert own.heard(QUIET[0], struggles(QUIET[0]), quiet, danger[None, :]) == ()
    alone = own.heard(CUT, struggles(CUT), danger, quiet[None, :])
    assert alone == own.heard(CUT, struggles(CUT), danger, danger[None, :]) != ()


def test_it_is_read_back_as_it_was_written(built: Path, small: Matcher, tmp_path: Path) -> None:
    own = small.contents.alarm
    own.save(tmp_path)
    assert (tmp_path / FILE).read_bytes() == kept(built).read_bytes()
    again = Alarm.load(tmp_path)
    assert (again.least, again.source) == (own.least, own.source)
    for text in (*QUIET, CUT, *(line["text"] for line in DANGER[:5])):
        assert again.heard(text, struggles(text), *vectors(small, text)) == heard(small, text)


def test_another_encoder_or_other_lines_mean_another_alarm(
    small: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = small.contents
    assert own.alarm.source == source(own.encoder.fingerprint) != source("another")
    (tmp_path / "danger.jsonl").write_text(json.dumps({"text": "another line"}) + "\n")
    monkeypatch.setattr(alarm, "LINES", tmp_path / "danger.jsonl")
    assert source(own.encoder.fingerprint) != own.alarm.source


def test_without_scikit_learn_it_says_what_is_missing(
    small: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def few(held: bool) -> Sequence[dict[str, Any]]:
        assert not held
        return [*DANGER[:5], *(line for line in lines if line["kind"] is None)]

    lines = read_lines(held=False)[:5]
    monkeypatch.setattr(alarm, "read_lines", few)
    monkeypatch.setitem(sys.modules, "sklearn.svm", None)
    with pytest.raises(Missing, match="make install"):
        unwrap(alarm.fit)(small.contents.encoder)
