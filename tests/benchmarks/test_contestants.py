from pathlib import Path

import pytest

from benchmarks import contestants
from benchmarks.contestants import LIMIT, NotInstalled, versions
from benchmarks.contestants.statements import documents, needed, therapists
from tests.small import THERAPISTS, write_directory


def test_a_document_is_a_whole_statement_with_its_therapist(tmp_path: Path) -> None:
    docs = documents(write_directory(tmp_path / "directory.jsonl"))
    assert [d.therapist for d in docs][:3] == ["grief", "grief", "boundaries"]
    assert docs[1].text == THERAPISTS[0]["statements"][1]["text"]
    assert [d.number for d in docs] == list(range(len(docs)))


def test_enough_statements_are_asked_for_that_ten_therapists_come_out() -> None:
    # Nine therapists may stand before the tenth, each with three statements.
    owners = [f"t{number}" for number in range(40) for _ in range(3)]
    assert needed(owners) == 28
    assert len(therapists((owner, 0.5) for owner in owners[:28])) == LIMIT
    assert len(therapists((owner, 0.5) for owner in owners[:27])) == LIMIT - 1


def test_no_more_are_asked_for_than_there_are() -> None:
    assert needed(["a", "a", "b"]) == 3


def test_a_therapist_is_scored_by_the_nearest_statement() -> None:
    hits = [("ann", 0.9), ("bea", 0.8), ("ann", 0.7), ("cem", 0.6)]
    assert therapists(hits) == [("ann", 0.9), ("bea", 0.8), ("cem", 0.6)]


def test_a_missing_library_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contestants, "LIBRARIES", {"chroma": ("no-such-library",)})
    with pytest.raises(NotInstalled, match=r"chroma needs no-such-library.*pip install .*bench"):
        versions("chroma")
