"""How much of danger the safety notice hears, and what it takes for danger that isn't.

    python -m benchmarks.safety OUT

Reads the lines of data/danger.jsonl that were held back while the notice was made, the sample's
queries, and CounselChat's questions where they lie beside the checkout. Writes
OUT/raw/safety.json, which holds ids and kinds, no text.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks import raw, sets
from benchmarks.data import DATA, QUESTIONS
from matcher import Matcher
from matcher.alarm import Alarm, read_lines
from matcher.build import build
from matcher.encoder import Encoder
from matcher.passages import struggles
from matcher.safety import crisis
from matcher.text import LONGEST

# What a person who read them says of the real questions that raised the notice: id, "right",
# "arguable" or "wrong", and why.
READ = Path(__file__).parent / "safety_read.txt"


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def main(out: Path) -> None:
    """Measure the patterns, the alarm, and both."""
    with tempfile.TemporaryDirectory() as name:
        build(DATA / "directory.jsonl", Path(name))
        contents = Matcher.open(name).contents
        measured = {
            "held": judge(read_lines(held=True), contents.encoder, contents.alarm),
            "learnt": judge(read_lines(held=False), contents.encoder, contents.alarm),
            "queries": judge(_queries(), contents.encoder, contents.alarm),
            "questions": judge(_questions(), contents.encoder, contents.alarm),
        }
    raw.write(out / "raw", "safety", {**measured, "read": dict(readings())})
    for name, found in measured.items():
        click.echo(f"{name}: {json.dumps(tally(found))}")


def judge(
    lines: Sequence[Mapping[str, Any]], encoder: Encoder, alarm: Alarm
) -> list[dict[str, Any]]:
    """For each line what it is and what either stage raises."""
    return [
        {
            "id": line["id"],
            "language": line.get("language", "en"),
            "kind": line.get("kind"),
            "open": line.get("open"),
            "near": line.get("near"),
            "patterns": (found := crisis(line["text"])) and found.kind,
            "alarm": list(heard(line["text"], encoder, alarm)),
        }
        for line in lines
    ]


def heard(text: str, encoder: Encoder, alarm: Alarm) -> tuple[str, ...]:
    """What the alarm hears of a text, as a match does."""
    spans = list(struggles(text))
    return alarm.heard(text, spans, *encoder.encode_spans(text, spans))


def raised(found: Mapping[str, Any]) -> bool:
    """Whether a notice is shown."""
    return bool(found["patterns"] or found["alarm"])


def tally(found: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many lines speak of danger, how many of those are raised, and of the others."""
    danger = [line for line in found if line["kind"]]
    quiet = [line for line in found if not line["kind"]]
    return {
        "danger": len(danger),
        "heard": sum(map(raised, danger)),
        "quiet": len(quiet),
        "false": sum(map(raised, quiet)),
    }


def readings() -> Iterator[tuple[str, str]]:
    """What was read of the real questions, by id."""
    for line in READ.read_text("utf-8").splitlines() if READ.is_file() else ():
        id_, verdict, _why = line.split(None, 2)
        yield id_, verdict


def _queries() -> list[dict[str, Any]]:
    return [{"id": q["id"], "text": q["text"]} for q in sets.read(DATA / "queries.jsonl")]


def _questions() -> list[dict[str, Any]]:
    found = sets.read(QUESTIONS) if QUESTIONS.is_file() else []
    return [{"id": q["id"], "text": f"{q['title']}\n{q['text']}"[:LONGEST]} for q in found]


if __name__ == "__main__":
    main()
