"""Stage 1: the texts to ask and the directory to search, as files.

    python -m benchmarks.data OUT [--texts 250] [--therapists 216]

Writes OUT/data/texts.jsonl (id, text), OUT/data/directory.jsonl and OUT/data/facts.json, which
says what the two are without quoting them. The texts are real clients' questions where
../shared/counselchat lies beside the checkout, else those written for the sample.
"""

import json
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
QUESTIONS = ROOT.parent / "shared" / "counselchat" / "questions.jsonl"
LONGEST = 4000  # characters the engine takes

T = TypeVar("T")


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
@click.option("--texts", type=click.IntRange(1), help="So many of the texts, evenly spread.")
@click.option("--therapists", type=click.IntRange(1), help="So many of the therapists, likewise.")
def main(out: Path, texts: int | None, therapists: int | None) -> None:
    """Write the files of stage 1."""
    facts = write(out / "data", texts, therapists)
    click.echo(f"{facts['texts']['count']} texts, {facts['directory']['therapists']} therapists")


def write(
    folder: Path,
    texts: int | None = None,
    therapists: int | None = None,
    questions: Path = QUESTIONS,
    directory: Path = DATA / "directory.jsonl",
) -> dict[str, Any]:
    """Write texts, directory and facts into an emptied folder; return the facts."""
    name, all_texts = _texts(questions)
    records = _read(directory)
    asked = spread(all_texts, texts or len(all_texts))
    searched = spread(records, therapists or len(records))
    facts = {
        "texts": {
            "set": name,
            "count": len(asked),
            "of": len(all_texts),
            "median_characters": statistics.median(len(text["text"]) for text in asked),
        },
        "directory": {
            "set": "the sample directory, whose therapists are fictional",
            "therapists": len(searched),
            "of": len(records),
            "statements": sum(len(record["statements"]) for record in searched),
        },
    }
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write(folder / "texts.jsonl", asked)
    _write(folder / "directory.jsonl", searched)
    (folder / "facts.json").write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    return facts


def spread(items: Sequence[T], count: int) -> list[T]:
    """So many of the items, evenly spread over them; all where there are no more."""
    count = min(count, len(items))
    return [items[number * len(items) // count] for number in range(count)]


def _texts(questions: Path) -> tuple[str, list[dict[str, str]]]:
    """The name of the set, and its texts."""
    if questions.is_file():
        chosen = [q for q in _read(questions) if q["role"] == "queries"]
        joined = ((q["id"], f"{q['title']}\n{q['text']}"[:LONGEST]) for q in chosen)
        name = "real clients' questions (CounselChat, development part)"
    else:
        joined = ((q["id"], q["text"]) for q in _read(DATA / "queries.jsonl"))
        name = "client texts written for the sample"
    return name, [{"id": id_, "text": text} for id_, text in joined]


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _write(path: Path, records: Sequence[dict[str, Any]]) -> None:
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
