"""How the safety notice is measured, and what the report says of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import raw, safety
from benchmarks.data import ROOT
from benchmarks.safety import judge, raised, readings, tally
from benchmarks.sections import safety as reported
from index.vectors import Floats
from matcher.passages import Span


def line(
    id_: str,
    kind: str | None,
    patterns: str | None,
    *alarm: str,
    language: str = "en",
    opened: bool | None = None,
    near: bool | None = None,
) -> dict[str, Any]:
    return {
        "id": id_,
        "language": language,
        "kind": kind,
        "open": opened,
        "near": near,
        "patterns": patterns,
        "alarm": list(alarm),
    }


HELD = [
    line("d1", "overdose", "overdose"),
    line("d2", "overdose", None),
    line("d3", "suicide", None, "suicide", "self-harm", language="es", opened=False),
    line("d4", "suicide", "suicide", "suicide", opened=True),
    line("d5", None, None, near=False),
    line("d6", None, "child", "violence", near=True),
    line("d7", None, None, language="es"),
]
TEXTS = [{"id": its["id"], "text": f"what was\nwritten as {its['id']}"} for its in HELD]
FOUND = {
    "held": HELD,
    "learnt": [line("d8", "child", "child"), line("d9", None, None), line("d10", None, "child")],
    "queries": [line("s1", None, None), line("s2", None, None, "suicide")],
    "questions": [
        line("q1", None, "suicide"),
        line("q2", None, None, "violence"),
        line("q3", None, None, "child"),
        line("q4", None, None),
    ],
    "read": {"q1": "right", "q2": "wrong"},
}


class Words:
    """Stands for an encoder: a text's vector is how many letters it has."""

    def encode_spans(self, text: str, spans: Sequence[Span]) -> tuple[Floats, Floats]:
        parts = [[len(span.of(text))] for span in spans]
        return np.array([len(text)], np.float32), np.array(parts, np.float32)


class Loud:
    """Stands for an alarm: hears violence in whatever is long, or has a long part."""

    def heard(self, _: str, spans: object, whole: Floats, parts: Floats) -> tuple[str, ...]:
        return ("violence",) if max(whole[0], parts.max()) > 40 else ()


def section(folder: Path, found: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> str:
    raw.write(folder / "raw", "safety", found)
    monkeypatch.setattr(reported, "read_lines", lambda held: TEXTS if held else [])
    return "\n\n".join(reported.section(folder / "raw", folder))


def test_either_stage_raises_the_notice() -> None:
    assert [its["id"] for its in HELD if raised(its)] == ["d1", "d3", "d4", "d6"]


def test_danger_and_quiet_lines_are_counted_apart() -> None:
    assert tally(HELD) == {"danger": 4, "heard": 3, "quiet": 3, "false": 1}
    assert tally([]) == {"danger": 0, "heard": 0, "quiet": 0, "false": 0}


def test_each_line_is_judged_by_both_stages_and_its_text_is_not_kept() -> None:
    lines: list[dict[str, Any]] = [
        {"id": "a", "text": "I want to die", "kind": "suicide", "language": "en", "open": True},
        {"id": "b", "text": "He waits at the corner of our street every single evening."},
        {"id": "c", "text": "I sleep badly", "kind": None, "language": "es", "near": False},
    ]
    encoder: Any = Words()
    alarm: Any = Loud()
    assert judge(lines, encoder, alarm) == [
        line("a", "suicide", "suicide", opened=True),
        line("b", None, None, "violence"),
        line("c", None, None, language="es", near=False),
    ]


def test_whoever_read_a_question_gave_one_of_three_verdicts() -> None:
    found = list(readings())
    assert len(found) >= 10
    assert {verdict for _, verdict in found} == {"right", "arguable", "wrong"}
    assert len({id_ for id_, _ in found}) == len(found)


def test_where_nobody_read_any_there_is_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safety, "READ", tmp_path / "none.txt")
    assert list(readings()) == []


def test_the_report_has_the_figures_of_the_raw_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = section(tmp_path, FOUND, monkeypatch)
    assert text.startswith("## The safety notice\n\n7 lines written for it")
    for row in (
        "| share raised | lines | patterns | alarm | both |",
        "| danger (recall) | 4 | 0.500 | 0.500 | 0.750 |",
        "| danger: overdose | 2 | 0.500 | 0.000 | 0.500 |",
        "| danger: suicide | 2 | 0.500 | 1.000 | 1.000 |",
        "| danger: child | 0 |  |  |  |",
        "| danger, English | 3 | 0.667 | 0.333 | 0.667 |",
        "| danger, Spanish | 1 | 0.000 | 1.000 | 1.000 |",
        "| danger, lines written first | 2 | 0.500 | 0.000 | 0.500 |",
        "| danger, later lines | 2 | 0.500 | 1.000 | 1.000 |",
        "| danger, later lines: openly said | 1 | 1.000 | 1.000 | 1.000 |",
        "| danger, later lines: hinted at | 1 | 0.000 | 1.000 | 1.000 |",
        "| no danger, later lines: ordinary | 1 | 0.000 | 0.000 | 0.000 |",
        "| no danger, later lines: sounds like it | 1 | 1.000 | 1.000 | 1.000 |",
        "| no danger, English (false alarms) | 2 | 0.500 | 0.500 | 0.500 |",
        "| no danger, Spanish (false alarms) | 1 | 0.000 | 0.000 | 0.000 |",
    ):
        assert row in text.splitlines()
    assert "On the 3 lines that it was made with, it raises 1 of 1 and falsely 1 of 2" in text
    assert "On the sample's 2 queries it is raised 1 times" in text
    assert "On 4 real questions (CounselChat) it is raised 3 times" in text
    assert "1 not read, 1 right, 1 wrong. False alarms among all: 25.0%" in text
    assert "[safety.md](safety.md)" in text


def test_every_miss_and_false_alarm_is_listed_beside_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section(tmp_path, FOUND, monkeypatch)
    listed = (tmp_path / "safety.md").read_text("utf-8")
    assert "## Missed: 1 of 4\n\n- *overdose*: what was written as d2\n" in listed
    assert (
        "## False alarms: 1 of 3\n\n"
        "- *patterns: child; alarm: violence*: what was written as d6\n" in listed
    )
    assert listed.count("what was") == 2
    assert "## Real questions that raised it: 3" in listed
    assert "| q1 | patterns: suicide | right |" in listed
    assert "| q2 | alarm: violence | wrong |" in listed
    assert "| q3 | alarm: child | not read |" in listed
    assert "q4" not in listed


def test_without_misses_and_real_questions_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flawless = FOUND | {"held": [HELD[0], HELD[4]], "questions": [], "read": {}}
    text = section(tmp_path, flawless, monkeypatch)
    listed = (tmp_path / "safety.md").read_text("utf-8")
    assert listed.count("\n\nNone.\n") == 2
    assert "questions" not in text + listed


def test_without_its_raw_file_it_says_and_writes_nothing(tmp_path: Path) -> None:
    assert list(reported.section(tmp_path / "raw", tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_no_real_question_is_repeated_in_what_is_published(shared: Path) -> None:
    results = ROOT / "benchmarks" / "results"
    paths = (results / "safety.md", results / "raw" / "safety.json", safety.READ)
    published = squeezed(" ".join(path.read_text("utf-8") for path in paths if path.is_file()))
    lines = (shared / "counselchat" / "questions.jsonl").read_text("utf-8").splitlines()
    asked = [(q["id"], squeezed(q["text"])) for q in map(json.loads, lines)]
    assert [id_ for id_, text in asked if len(text) > 30 and text in published] == []


def squeezed(text: str) -> str:
    return " ".join(text.casefold().split())
