import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import raw, smaller
from benchmarks.data import DATA
from benchmarks.sections.smaller import section
from matcher.passages import passages

QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "1",
        "topic": "sleep",
        "title": "Awake",
        "text": "I lie awake.",
        "role": "statements",
        "answers": [{"therapist": 1, "text": "Get up and read.", "upvotes": 0}],
    },
    {
        "id": "2",
        "topic": "grief",
        "title": "Alone",
        "text": "She died in May.",
        "role": "queries",
        "answers": [{"therapist": 2, "text": "That is a heavy loss.", "upvotes": 0}],
    },
]
LEARNT = [
    "I sit with people who have lost their mother.",
    "worry that won't stop",
    "We practise saying no, in small steps, until it no longer frightens you.",
    "We fight about the dishes.\nThe kids hear it all.",
]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(question) + "\n" for question in QUESTIONS), "utf-8")
    return path


def test_no_client_text_that_is_measured_is_learnt(questions: Path) -> None:
    learnt = smaller.texts(questions)
    assert {"Awake\nI lie awake.", "Get up and read."} <= set(learnt)
    assert not any("died in May" in text or "a heavy loss" in text for text in learnt)
    written = (DATA / "queries.jsonl").read_text("utf-8").splitlines()
    assert not {json.loads(line)["text"] for line in written} & set(learnt)


def test_statements_are_learnt_whole_and_in_passages_each_once(tmp_path: Path) -> None:
    learnt = smaller.texts(tmp_path / "missing.jsonl")
    first = json.loads((DATA / "directory.jsonl").read_text("utf-8").splitlines()[0])
    text = first["statements"][0]["text"]
    assert {text, *(span.of(text) for span in passages(text))} <= set(learnt)
    assert len(learnt) == len(set(learnt))


def test_quality_is_measured_on_the_other_questions(questions: Path, tmp_path: Path) -> None:
    sets = smaller.judged(tmp_path, questions)
    assert list(sets) == ["sample", "counselchat"]
    assert sets["counselchat"].directory == tmp_path / "therapists.jsonl"
    (line,) = sets["counselchat"].queries.read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "id": "2",
        "topic": "grief",
        "title": "Alone",
        "text": "She died in May.",
    }


def test_without_the_real_questions_the_sample_is_left(tmp_path: Path) -> None:
    assert list(smaller.judged(tmp_path, tmp_path / "missing.jsonl")) == ["sample"]


def test_a_cut_has_the_layers_that_were_kept() -> None:
    layers = list(smaller._model()[0].auto_model.encoder.layer)
    inner = smaller.cut(smaller._model(), (0, 4, 5))[0].auto_model
    assert inner.config.num_hidden_layers == 3
    for layer, place in zip(inner.encoder.layer, (0, 4, 5), strict=True):
        weight, same = layer.output.dense.weight, layers[place].output.dense.weight
        assert weight.equal(same)


def test_the_teacher_has_nothing_to_learn_and_a_cut_has_less_after_a_few_steps() -> None:
    lessons = smaller._lessons(smaller._model(), LEARNT)
    assert smaller._loss(smaller._model(), lessons).item() < 1e-4
    student = smaller.cut(smaller._model(), (0, 3, 4, 5))
    before = smaller._loss(student, lessons).item()
    words = student[0].auto_model.embeddings.word_embeddings.weight.clone()
    steps, read = smaller.train(student, lessons, minutes=0.01)
    assert read == steps * len(LEARNT) > 0
    assert smaller._loss(student, lessons).item() < before
    assert student[0].auto_model.embeddings.word_embeddings.weight.equal(words)


def test_the_layers_chosen_are_those_whose_cut_is_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    # A cut is as far as the sum of its layers' places is from 13.
    monkeypatch.setattr(smaller, "_model", lambda: None)
    monkeypatch.setattr(smaller, "cut", lambda model, kept: kept)
    monkeypatch.setattr(smaller, "_loss", lambda kept, batch: np.float64(abs(sum(kept) - 13)))
    lessons = [smaller.Lesson([101, 102], np.zeros((2, 4), np.float16))]
    assert smaller.chosen(lessons, 5) == (0, 1, 3, 4, 5)
    assert smaller.chosen(lessons, 4) == (1, 3, 4, 5)


def test_batches_are_the_same_each_time_and_hold_every_text_once_a_round() -> None:
    lessons = [smaller.Lesson([n] * (n % 7 + 1), np.zeros((1, 4), np.float16)) for n in range(70)]
    one, two = smaller._batches(lessons), smaller._batches(lessons)
    first = [next(one) for _ in range(3)]
    assert first == [next(two) for _ in range(3)]
    assert sorted(lesson.ids[0] for batch in first for lesson in batch) == list(range(70))


def row(layers: int, minutes: float, ndcg: tuple[float, float], ms: int) -> dict[str, Any]:
    return {
        "name": "",
        "kept": list(range(layers)),
        "minutes": minutes,
        "steps": 40,
        "read": 1280 if minutes else 0,
        "precision": "int8" if layers > 4 else "float32",
        "cosine": 0.95,
        "ndcg": dict(zip(("sample", "counselchat"), ndcg, strict=True)),
        "ns": [[ms * 1_000_000] * 3, [ms * 2_000_000] * 3],
    }


def written(folder: Path, *students: dict[str, Any]) -> str:
    facts = {"learnt": 1234, "timed": {"set": "made-up texts", "count": 3}}
    rows = [row(6, 0, (0.35, 0.26), 12), *students]
    raw.write(folder, "smaller", {**facts, "rows": rows})
    return "\n\n".join(section(folder, folder))


def test_the_fastest_student_that_holds_on_both_sets_is_kept(tmp_path: Path) -> None:
    text = written(
        tmp_path,
        row(5, 5, (0.345, 0.261), 10),
        row(4, 5, (0.36, 0.254), 8),
    )
    assert "on 1,234 texts" in text
    assert "| 6 (1, 2, 3, 4, 5, 6) | 0 | 0 | 0.950 | 0.350 | 0.260 | 1 |" in text
    assert (
        "| 5 (1, 2, 3, 4, 5) | 5 | 1,280 | 0.950 | 0.345 (−0.005) | 0.261 (+0.001) | 1.20" in text
    )
    assert "| 4 (1, 2, 3, 4), float32 | 5 |" in text
    assert "Kept is the student that keeps 5 of the six layers, trained for 5 minutes" in text
    assert text.endswith("on the sample and on CounselChat, and it is 1.20 times as fast.")


def test_where_none_holds_the_nearest_is_named(tmp_path: Path) -> None:
    text = written(tmp_path, row(4, 0, (0.34, 0.25), 8), row(3, 5, (0.36, 0.22), 6))
    assert "None is kept: each loses more than 0.005 on the sample or on CounselChat." in text
    assert "4 of the six layers, not trained: it loses 0.010" in text


def test_a_student_that_is_no_faster_is_not_kept(tmp_path: Path) -> None:
    assert "none is faster" in written(tmp_path, row(5, 5, (0.35, 0.26), 13))
