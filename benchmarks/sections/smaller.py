"""Whether an encoder of fewer layers would do: quality and speed beside the six-layer one."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import raw
from benchmarks.markdown import table, times
from benchmarks.metrics import Spread, ratios

ALLOWED = 0.005  # what macro nDCG@10 may fall by on each set
TINY = 1e-9  # what a difference of two figures may be off by
SETS = {"sample": "the sample", "counselchat": "CounselChat"}
HEAD = ("layers kept", "minutes trained", "texts read", "cosine to the teacher")
SPEED = "times as fast"

Row = Mapping[str, Any]


def section(folder: Path, out: Path) -> Iterator[str]:
    """The table of students, and what follows from it."""
    found = raw.read(folder, "smaller")
    if found is None:
        return
    six, *students = found["rows"]
    yield "## Fewer layers"
    yield (
        "Each student keeps some of all-MiniLM-L6-v2's six layers (the embeddings count as none), "
        "those whose bare cut stays nearest to its vectors, and is trained on this CPU to give the "
        f"same vectors of texts and tokens, on {found['learnt']:,} texts: statements, passages, "
        "the taxonomy's lines and client questions that are not among those measured. The "
        "statements searched are among them, so a directory that was not learnt from may lose "
        "more. Cosines are of client texts never trained on, to the teacher in 32-bit floats; "
        "nDCG@10 is of the whole engine, averaged over topics, with the difference to six layers "
        f"in brackets. Times are of one text with its sentences through the encoder alone, over "
        f"{found['timed']['count']} {found['timed']['set']}, the encoders taking turns at each "
        f"text; {SPEED} is the ratio of medians within a round, then the median over "
        f"{len(six['ns'])} rounds, least and greatest in brackets."
    )
    head = (*HEAD, *(f"nDCG@10, {SETS[name]}" for name in six["ndcg"]), SPEED)
    yield table(head, [_cells(row, six) for row in found["rows"]])
    yield verdict(six, students)


def verdict(six: Row, students: list[Row]) -> str:
    """Which student is kept, in a sentence: the fastest of those that hold."""
    faster = [student for student in students if speed(student, six).median > 1]
    if not faster:
        return "None is kept: none is faster."
    sets = " and on ".join(SETS[name] for name in six["ndcg"])
    holding = [student for student in faster if fall(student, six) <= ALLOWED + TINY]
    if holding:
        best = max(holding, key=lambda student: speed(student, six).median)
        return (
            f"Kept is {_named(best)}: nDCG@10 falls by no more than {ALLOWED} on {sets}, and it is "
            f"{speed(best, six).median:.2f} times as fast."
        )
    best = min(faster, key=lambda student: fall(student, six))
    return (
        f"None is kept: each loses more than {ALLOWED} on {sets.replace(' and ', ' or ')}. Nearest "
        f"comes {_named(best)}: it loses {fall(best, six):.3f} where it loses most, and is "
        f"{speed(best, six).median:.2f} times as fast."
    )


def speed(student: Row, six: Row) -> Spread:
    """How many times as fast as six layers a student is, by medians within each round."""
    return ratios([median(its) for its in six["ns"]], [median(its) for its in student["ns"]])


def fall(student: Row, six: Row) -> float:
    """What nDCG@10 falls by on the set where it falls most."""
    return max(float(was) - float(student["ndcg"][name]) for name, was in six["ndcg"].items())


def _cells(row: Row, six: Row) -> list[str]:
    kept = ", ".join(str(place + 1) for place in row["kept"])
    floats = "" if row["precision"] == "int8" else f", {row['precision']}"
    cells = [
        f"{len(row['kept'])} ({kept}){floats}",
        f"{row['minutes']:g}",
        f"{row['read']:,}",
        f"{row['cosine']:.3f}",
    ]
    for name, value in row["ndcg"].items():
        change = round(value - six["ndcg"][name], 3) + 0.0  # which makes -0.0 a plain 0
        off = f" ({change:+.3f})".replace("-", "\N{MINUS SIGN}")
        cells.append(f"{value:.3f}{'' if row is six else off}")
    return [*cells, "1" if row is six else times(speed(row, six))]


def _named(student: Row) -> str:
    minutes = student["minutes"]
    trained = f"trained for {minutes:g} minutes" if minutes else "not trained"
    return f"the student that keeps {len(student['kept'])} of the six layers, {trained}"
