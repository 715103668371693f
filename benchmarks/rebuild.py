"""Measures an incremental build beside a full one, and a small put: wall time, and what had to be
encoded.

    python -m benchmarks.rebuild [--therapists 3000] [--json FILE]

The directory is the sample's sentences dealt out anew to as many made-up therapists as asked; one
in a hundred statements is then changed. Both builds run in this process, one after the other, and
have to end in the same version. Then three therapists' words are changed by a put.
"""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from matcher.build import Options, Report, build
from matcher.directory import read_directory
from matcher.passages import passages
from matcher.putting import put

DATA = Path(__file__).resolve().parent.parent / "data"
STATEMENTS = 2.3  # a therapist, as in the sample
SENTENCES = 5  # a statement
CHANGED = 100  # one statement in so many
PUT = (
    "Afraid of lifts? We begin on the stairs, and ride one floor when you are ready.",
    "You lie awake over your exams. We look at what is being examined besides.",
    "After the move nobody knows you yet. We practise the first sentences with strangers.",
)


@click.command()
@click.option("--therapists", default=3000, show_default=True, type=click.IntRange(10))
@click.option("--json", "file", type=click.Path(dir_okay=False, path_type=Path))
def main(therapists: int, file: Path | None) -> None:
    """Measure and print; with --json write the figures there too."""
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(therapists, Path(folder))
    click.echo(json.dumps(figures, indent=2))
    if file:
        file.write_text(json.dumps(figures, indent=2) + "\n")


def measure(therapists: int, folder: Path) -> dict[str, Any]:
    """Figures of a full build, an incremental one, and a full one of the same directory."""
    chance = random.Random(1)  # noqa: S311 - for a directory that is the same each time
    records = list(_dealt(therapists, chance))
    path, index = folder / "directory.jsonl", folder / "index"
    _write(path, records)
    build(path, index)
    changed = _change(records, chance)
    _write(path, records)
    incremental, seconds = _timed(path, index)
    full, full_seconds = _timed(path, folder / "full")
    assert incremental.version == full.version, "an incremental build must equal a full one"
    few = [
        record | {"statements": [{"text": text}]}
        for record, text in zip(records, PUT, strict=False)
    ]
    begun = time.perf_counter()
    done = put(index, few)
    put_seconds = time.perf_counter() - begun
    return {
        "therapists": therapists,
        "statements": full.counts["statements"],
        "passages": full.counts["passages"],
        "statements_changed": changed,
        "encoded_full": full.encoded,
        "encoded_incremental": incremental.encoded,
        "seconds_full": round(full_seconds, 1),
        "seconds_incremental": round(seconds, 1),
        "encoded_put": done.encoded,
        "seconds_put": round(put_seconds, 1),
        "ratio": round(seconds / full_seconds, 4),
    }


def _dealt(therapists: int, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Made-up therapists whose statements are sentences of the sample in a new order."""
    sample = read_directory(DATA / "directory.jsonl").therapists
    sentences = [
        span.of(statement.text)
        for therapist in sample
        for statement in therapist.statements
        for span in passages(statement.text)
    ]
    for number in range(therapists):
        count = max(1, round(chance.gauss(STATEMENTS, 0.8)))
        texts = [
            # A number makes every passage a text of its own, as those of real therapists are.
            " ".join(
                f"{s} ({number}.{n})" for n, s in enumerate(chance.sample(sentences, SENTENCES))
            )
            for _ in range(count)
        ]
        statements = [{"text": text} for text in texts]
        yield {"id": f"made-{number:06}", "name": f"Made Up {number}", "statements": statements}


def _change(records: list[dict[str, Any]], chance: random.Random) -> int:
    statements = [s for record in records for s in record["statements"]]
    picked = chance.sample(statements, max(1, len(statements) // CHANGED))
    for number, statement in enumerate(picked):
        # A paragraph of its own: the statement changes, and one passage is new.
        statement["text"] += f"\n\nOn Thursdays we keep window {number} open, whatever the weather."
    return len(picked)


def _timed(path: Path, index: Path) -> tuple[Report, float]:
    begun = time.perf_counter()
    report = build(path, index, Options())
    return report, time.perf_counter() - begun


def _write(path: Path, records: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")


if __name__ == "__main__":
    main()
