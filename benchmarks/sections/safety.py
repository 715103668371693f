"""What the safety notice hears and misses, and the whole list of both in a file of its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import raw
from benchmarks.markdown import table
from benchmarks.safety import raised, tally
from matcher.alarm import read_lines
from matcher.safety import KINDS

Line = Mapping[str, Any]
LANGUAGES = {"en": "English", "es": "Spanish"}
FILE = "safety.md"


def section(folder: Path, out: Path) -> Iterator[str]:
    """The figures; FILE beside the report has every miss and false alarm."""
    found = raw.read(folder, "safety")
    if found is None:
        return
    (out / FILE).write_text("\n\n".join(_listed(found)) + "\n", "utf-8")
    yield "## The safety notice"
    yield from _figures(found)
    yield f"Every line it missed and every false alarm: [{FILE}]({FILE})."


def _figures(found: Mapping[str, Any]) -> Iterator[str]:
    held = found["held"]
    yield (
        f"{len(held)} lines written for it that nobody looked at while it was made, by several "
        "hands and harder than what most clients write: half of the danger is only hinted at, and "
        "what must stay quiet was chosen because it sounds like danger. `Patterns` and `alarm` are "
        "the two stages alone."
    )
    stages: Sequence[tuple[str, Any]] = (
        ("patterns", lambda line: bool(line["patterns"])),
        ("alarm", lambda line: bool(line["alarm"])),
        ("both", raised),
    )
    rows = []
    for name, lines in _parts(held):
        rows.append((name, str(len(lines)), *(_share(lines, stage) for _, stage in stages)))
    yield table(("share raised", "lines", *(name for name, _ in stages)), rows)
    yield from _others(found)


def _parts(held: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    danger = [line for line in held if line["kind"]]
    yield "danger (recall)", danger
    for kind in KINDS:
        yield f"danger: {kind}", [line for line in danger if line["kind"] == kind]
    for code, language in LANGUAGES.items():
        yield f"danger, {language}", [line for line in danger if line["language"] == code]
    for code, language in LANGUAGES.items():
        quiet = [line for line in held if not line["kind"] and line["language"] == code]
        yield f"no danger, {language} (false alarms)", quiet


def _others(found: Mapping[str, Any]) -> Iterator[str]:
    learnt, queries, questions = (found[name] for name in ("learnt", "queries", "questions"))
    own = tally(learnt)
    yield (
        f"On the {len(learnt)} lines that it was made with, it raises {own['heard']} of "
        f"{own['danger']} and falsely {own['false']} of {own['quiet']}: no measure of anything."
    )
    yield (
        f"On the sample's {len(queries)} queries it is raised {sum(map(raised, queries))} times; "
        "some of these were written to speak of danger."
    )
    if questions:
        told = [found["read"].get(line["id"], "not read") for line in questions if raised(line)]
        verdicts = ", ".join(f"{told.count(v)} {v}" for v in dict.fromkeys(sorted(told)))
        wrong = told.count("wrong") / len(questions)
        yield (
            f"On {len(questions)} real questions (CounselChat) it is raised {len(told)} times; "
            f"read one by one: {verdicts}. False alarms among all: {wrong:.1%}; a dozen more were "
            "read while the patterns were made, and mended."
        )


def _share(lines: Sequence[Line], stage: Any) -> str:
    return f"{sum(map(stage, lines)) / len(lines):.3f}" if lines else ""


def _listed(found: Mapping[str, Any]) -> Iterator[str]:
    texts = {line["id"]: line["text"] for line in read_lines(held=True)}
    held = found["held"]
    missed = [line for line in held if line["kind"] and not raised(line)]
    false = [line for line in held if not line["kind"] and raised(line)]
    yield "# The safety notice: every miss and every false alarm"
    yield (
        "Lines of `data/danger.jsonl` that were held back. All were written for this project; "
        "nobody in them is real. They speak of suicide, self-harm and violence."
    )
    yield f"## Missed: {len(missed)} of {sum(1 for line in held if line['kind'])}"
    yield _bullets((line["kind"], texts[line["id"]]) for line in missed)
    yield f"## False alarms: {len(false)} of {sum(1 for line in held if not line['kind'])}"
    yield _bullets((_raised_by(line), texts[line["id"]]) for line in false)
    questions = [line for line in found["questions"] if raised(line)]
    if questions:
        yield f"## Real questions that raised it: {len(questions)}"
        yield "By their number in CounselChat; their texts are not repeated here."
        yield table(
            ("question", "raised", "read as"),
            [
                (line["id"], _raised_by(line), found["read"].get(line["id"], "not read"))
                for line in questions
            ],
        )


def _raised_by(line: Line) -> str:
    by = [f"patterns: {line['patterns']}"] if line["patterns"] else []
    return "; ".join([*by, *(f"alarm: {kind}" for kind in line["alarm"])])


def _bullets(items: Iterable[tuple[str, str]]) -> str:
    return "\n".join(f"- *{name}*: {' '.join(text.split())}" for name, text in items) or "None."
