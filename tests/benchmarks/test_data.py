import json
from pathlib import Path

from benchmarks.data import DATA, LONGEST, spread, write


def test_items_are_spread_evenly_and_the_same_each_time() -> None:
    assert spread("abcdefgh", 4) == ["a", "c", "e", "g"]
    assert spread("abc", 2) == ["a", "b"]
    assert spread("abc", 9) == ["a", "b", "c"]


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_real_questions_are_title_and_text_of_those_meant_as_queries(tmp_path: Path) -> None:
    questions = [
        {"id": "q1", "role": "queries", "title": "Stove", "text": "I check it ten times."},
        {"id": "q2", "role": "statements", "title": "Grief", "text": "How long?"},
        {"id": "q3", "role": "queries", "title": "Long", "text": "x" * 5000},
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(q) + "\n" for q in questions), "utf-8")
    facts = write(tmp_path / "data", questions=path, therapists=3)
    written = lines(tmp_path / "data" / "texts.jsonl")
    assert [text["id"] for text in written] == ["q1", "q3"]
    assert written[0]["text"] == "Stove\nI check it ten times."
    assert len(written[1]["text"]) == LONGEST
    assert facts["texts"]["median_characters"] == (27 + LONGEST) / 2
    assert facts["directory"]["therapists"] == len(lines(tmp_path / "data" / "directory.jsonl"))


def test_without_them_it_takes_the_texts_of_the_sample(tmp_path: Path) -> None:
    facts = write(tmp_path / "data", 2, 2, questions=tmp_path / "none.jsonl")
    sample = lines(DATA / "queries.jsonl")
    written = lines(tmp_path / "data" / "texts.jsonl")
    assert [text["id"] for text in written] == [sample[0]["id"], sample[len(sample) // 2]["id"]]
    assert facts["texts"]["set"] == "client texts written for the sample"
    assert (facts["texts"]["count"], facts["texts"]["of"]) == (2, len(sample))
