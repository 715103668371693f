from typing import Any

import pytest

from benchmarks.wishing import count, judge
from matcher import Matcher

HEARD = {"filter": "times", "value": "evenings", "exclude": False, "said": "evenings"}


def test_right_wrong_missed_and_false_alarms_are_counted(small: Matcher) -> None:
    records: list[dict[str, Any]] = [
        {"text": "Evenings only, please.", "wishes": [HEARD]},
        {"text": "Mornings only, please.", "wishes": [HEARD]},
        {"text": "My evenings are empty since she left.", "wishes": []},
        {"text": "I'd like a woman, please.", "wishes": []},
    ]
    assert count(small, records) == {
        "wishing": 2, "quiet": 2, "right": 1, "wrong": 1, "missed": 1, "alarms": 1,
    }  # fmt: skip


@pytest.mark.parametrize("seen", [False, True])
def test_what_is_read_is_meant(small: Matcher, seen: bool) -> None:
    found = next(its for its in judge(small) if its["seen"] == seen)
    assert min(found["wishing"], found["quiet"]) >= 100
    assert found["right"] >= 0.95 * (found["right"] + found["wrong"] + found["alarms"])
    assert found["right"] >= 0.55 * (found["right"] + found["missed"])
