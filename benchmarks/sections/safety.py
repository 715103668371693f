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
    later = [line for line in held if _later(line)]
    yield (
        f"{len(held)} lines written for it that are learnt from by nothing, by several hands. "
        f"{len(held) - len(later)} were written first and are harder than what most clients write: "
        "half of the danger is only hinted at, and what must stay quiet was chosen because it "
        "sounds like danger. They have been measured on before, and the list of what was missed "
        f"lies beside this. The {len(later)} later ones, as people would write into a search box, "
        "were measured on for the first time with this alarm; how openly each speaks was said "
        "when it was written. `Patterns` and `alarm` are the two stages alone."
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
    yield "danger, lines written first", [line for line in danger if not _later(line)]
    yield "danger, later lines", [line for line in danger if _later(line)]
    yield "danger, later lines: openly said", [line for line in danger if line["open"] is True]
    yield "danger, later lines: hinted at", [line for line in danger if line["open"] is False]
    quiet = [line for line in held if not line["kind"]]
    for code, language in LANGUAGES.items():
        said = [line for line in quiet if line["language"] == code]
        yield f"no danger, {language} (false alarms)", said
    yield "no danger, later lines: ordinary", [line for line in quiet if line["near"] is False]
    yield "no danger, later lines: sounds like it", [line for line in quiet if line["near"] is True]


def _later(line: Line) -> bool:
    """Of the lines written first nobody said how openly they speak, or how near they come."""
    return line["open"] is not None or line["near"] is not None


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
