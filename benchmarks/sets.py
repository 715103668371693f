"""The sets that quality is measured on: a directory, queries, and judgments of who answers them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ir_measures import Qrel

from benchmarks.data import DATA, QUESTIONS
from matcher.evaluation import JudgedQuery, read_qrels, read_queries

# What a therapist declares beside the statements; a directory may have it or not.
DECLARED = ("issues", "approaches")


@dataclass(frozen=True)
class JudgedSet:
    """A name, a directory file, and queries with their judgments."""

    name: str
    directory: Path
    queries: list[JudgedQuery]
    qrels: list[Qrel]


def sample(folder: Path) -> Iterator[JudgedSet]:
    """The sample, with what its therapists declare and without; the folder takes a file."""
    queries = read_queries(DATA / "queries.jsonl")
    qrels = read_qrels(DATA / "qrels.txt")
    hidden = folder / "hidden.jsonl"
    write(hidden, map(_undeclared, read(DATA / "directory.jsonl")))
    yield JudgedSet("sample, hidden", hidden, queries, qrels)
    yield JudgedSet("sample, shown", DATA / "directory.jsonl", queries, qrels)


def counselchat(folder: Path, questions: Path = QUESTIONS) -> Iterator[JudgedSet]:
    """Real questions, where they lie beside the checkout; the folder takes files.

    `topics`: profiles of real therapists, right where they wrote on the question's topic.
    `answers`: every single answer as a profile, right where it was written to the question.
    """
    if not questions.is_file():
        return
    records = read(questions)
    asked = [record for record in records if record["role"] == "queries"]
    path = folder / "questions.jsonl"
    write(path, ({k: r[k] for k in ("id", "topic", "title", "text")} for r in asked))
    queries = read_queries(path)
    beside = questions.parent
    qrels = read_qrels(beside / "qrels.txt")
    yield JudgedSet("CounselChat, topics", beside / "therapists.jsonl", queries, qrels)
    answers = folder / "answers.jsonl"
    write(answers, (_profile(*a) for record in records for a in _answers(record)))
    own = [Qrel(record["id"], id_, 1) for record in asked for id_, _ in _answers(record)]
    yield JudgedSet("CounselChat, answers", answers, queries, own)


def off_topic() -> list[JudgedQuery]:
    """Lines that no therapist is an answer to."""
    lines = (DATA / "off_topic.txt").read_text("utf-8").splitlines()
    return [JudgedQuery(str(number), line, "") for number, line in enumerate(lines)]


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def write(path: Path, records: Iterable[Mapping[str, Any]]) -> None:
    """Write records as JSON Lines."""
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), "utf-8")


def _undeclared(record: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in record.items() if name not in DECLARED}
    return kept | {"statements": [{"text": s["text"]} for s in record["statements"]]}


def _answers(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number, answer in enumerate(record["answers"]):
        yield f"{record['id']}-{number}", answer["text"]


def _profile(id_: str, text: str) -> dict[str, Any]:
    return {"id": id_, "name": id_, "statements": [{"text": text}]}
