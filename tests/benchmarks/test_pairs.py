import random

import pytest

from benchmarks.data import DATA, QUESTIONS
from benchmarks.pairs import BATCH, batch, sources
from benchmarks.sets import read


def test_a_batch_pairs_both_voices_of_the_same_issue() -> None:
    known = sources(DATA / "none")
    assert sorted(known) == ["lines", "texts"]
    for name, source in known.items():
        issues, clients, statements = batch(name, source, random.Random(1))
        assert len(issues) == len(clients) == len(statements) == BATCH
        assert len(set(issues)) == BATCH
        groups = {issue: (asked, said) for issue, asked, said in source.groups}
        for issue, client, statement in zip(issues, clients, statements, strict=True):
            asked, said = groups[issue]
            assert any(part[:20] in " ".join(asked) for part in [client])
            assert any(part[:20] in " ".join(said) for part in [statement])


def test_the_same_seed_learns_the_same_things() -> None:
    source = sources(DATA / "none")["texts"]
    assert batch("texts", source, random.Random(3)) == batch("texts", source, random.Random(3))


@pytest.mark.skipif(not QUESTIONS.is_file(), reason="needs ../shared/counselchat")
def test_nothing_is_learnt_from_that_is_measured() -> None:
    known = sources()
    learnt = {text for s in known.values() for _, asked, _ in s.groups for text in asked}
    measured = {f"{r['title']}\n{r['text']}" for r in read(QUESTIONS) if r["role"] == "queries"} | {
        record["text"] for record in read(DATA / "queries.jsonl")
    }
    assert not learnt & measured
    said = {text for s in known.values() for _, _, said in s.groups for text in said}
    sample = {s["text"] for r in read(DATA / "directory.jsonl") for s in r["statements"]}
    assert not said & sample
