"""What integers and one pass a text cost in quality, and bring in time.

    python -m benchmarks.fidelity OUT

Builds the sample, and CounselChat's directory where it lies beside the checkout, with the encoder
in 8-bit integers and in floats, and asks each its judged queries in three ways: with struggles read
in the one pass of the whole text, in such a pass over windows as long as the model takes, and with
a pass for each. Writes OUT/raw/fidelity.json.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any
from unittest.mock import patch

import click
import numpy as np

from benchmarks import raw
from benchmarks.data import DATA, QUESTIONS
from index.vectors import Floats
from matcher import Matcher
from matcher.build import Options, build
from matcher.encoder import Encoder
from matcher.evaluation import JudgedQuery, engine, evaluate, read_qrels, read_queries
from matcher.passages import Span
from matcher.quantising import FLOAT32, INT8

FIRST = 10


@click.command()
@click.argument("out", type=click.Path(file_okay=False, path_type=Path))
def main(out: Path) -> None:
    """Measure every setting on every set."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for name, directory, queries, qrels in _sets(Path(folder)):
            found += list(measure(name, directory, queries, qrels, Path(folder)))
    raw.write(out / "raw", "fidelity", found)


def measure(
    name: str, directory: Path, queries: Sequence[JudgedQuery], qrels: Path, folder: Path
) -> Iterator[dict[str, Any]]:
    """The figures of a set's settings, floats with one pass first."""
    reference: dict[str, set[str]] = {}
    for precision in (FLOAT32, INT8):
        index = folder / f"{name}-{precision}"
        build(directory, index, Options(precision=precision))
        matcher = Matcher.open(index)
        for passes, encode in WAYS.items():
            with patch.object(Encoder, "encode_spans", encode):
                (row,) = evaluate({"": engine(matcher)}, queries, read_qrels(qrels))
                found = {q.id: _first(matcher, q.text) for q in queries}
                times = [_timed(matcher.contents.encoder, q.text) for q in queries]
            reference = reference or found
            kept = [len(found[id_] & reference[id_]) / FIRST for id_ in found]
            yield {
                "set": name,
                "precision": precision,
                "passes": passes,
                "queries": len(queries),
                "topics": len(row.topics),
                "nDCG@10": round(row.measures["nDCG@10"], 4),
                "overlap": round(float(np.mean(kept)), 4),
                "ns": times,
            }


def each(self: Encoder, text: str, spans: Sequence[Span]) -> tuple[Floats, Floats]:
    """What `encode_spans` gives, by a pass for the text and one for each span."""
    if len(spans) < 2:  # the span is the text
        return ONE_PASS(self, text, spans)
    whole, _ = ONE_PASS(self, text, ())
    return whole, np.stack([ONE_PASS(self, span.of(text), ())[0] for span in spans])


def long_windows(self: Encoder, text: str, spans: Sequence[Span]) -> tuple[Floats, Floats]:
    """What `encode_spans` gives where a client's text is read as a statement is."""
    with patch.object(self, "_asked", self._most):
        return ONE_PASS(self, text, spans)


ONE_PASS = Encoder.encode_spans
WAYS = {"one": ONE_PASS, "one, long windows": long_windows, "each": each}


def _first(matcher: Matcher, text: str) -> set[str]:
    return {match.therapist.id for match in matcher.match(text, limit=FIRST).matches}


def _timed(encoder: Encoder, text: str) -> int:
    from matcher.passages import struggles

    begun = perf_counter_ns()
    encoder.encode_spans(text, struggles(text))
    return perf_counter_ns() - begun


def _sets(folder: Path) -> Iterator[tuple[str, Path, list[JudgedQuery], Path]]:
    """Name, directory, queries and judgments of each set."""
    queries = read_queries(DATA / "queries.jsonl")
    yield "sample", DATA / "directory.jsonl", queries, DATA / "qrels.txt"
    if not QUESTIONS.is_file():
        return
    records = [json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines()]
    asked = folder / "queries.jsonl"
    chosen = (
        {name: record[name] for name in ("id", "topic", "title", "text")}
        for record in records
        if record["role"] == "queries"
    )
    asked.write_text("".join(json.dumps(record) + "\n" for record in chosen), "utf-8")
    beside = QUESTIONS.parent
    yield "CounselChat", beside / "therapists.jsonl", read_queries(asked), beside / "qrels.txt"


if __name__ == "__main__":
    main()
