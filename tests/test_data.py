"""What can be held of the sample directory, its queries and its judgments."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.judgments import judgments
from matcher import Matcher
from matcher.directory import read_directory
from matcher.safety import KINDS
from matcher.taxonomy import Taxonomy, key

DATA = Path(__file__).resolve().parent.parent / "data"
KNOWN = {
    "gender": ["woman", "man", "non-binary"],
    "ages": ["children", "teens", "adults", "elders"],
    "times": ["mornings", "afternoons", "evenings", "weekends"],
    "insurance": [
        "Aetna", "Anthem", "Blue Cross Blue Shield", "Cigna", "Humana", "Kaiser Permanente",
        "Magellan", "Medicaid", "Medicare", "Optum", "Oscar", "Tricare", "UnitedHealthcare",
    ],
    "languages": [
        "English", "Spanish", "Mandarin", "Cantonese", "Vietnamese", "Korean", "Tagalog", "Arabic",
        "Farsi", "Russian", "Polish", "Portuguese", "French", "German", "Hindi", "Punjabi",
        "Haitian Creole", "Hebrew", "Japanese", "American Sign Language", "Somali", "Amharic",
    ],
    "identities": [
        "LGBTQ+ affirming", "Black", "Latino/a", "Asian American", "Indigenous", "Middle Eastern",
        "South Asian", "Jewish", "Muslim", "Christian", "Secular", "Disabled", "Neurodivergent",
        "Veteran", "Immigrant", "Body positive", "Kink aware", "Parent",
    ],
}  # fmt: skip


def read(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


THERAPISTS = read("directory.jsonl")
QUERIES = read("queries.jsonl")
TAXONOMY = Taxonomy.packaged()
STATEMENTS = [(t["id"], s["text"]) for t in THERAPISTS for s in t["statements"]]


def stated(field: str) -> Iterator[str]:
    for therapist in THERAPISTS:
        value = therapist.get(field, [])
        yield from [value] if isinstance(value, str) else value


def opening(text: str) -> str:
    return " ".join(re.findall(r"[\w']+", text.casefold())[:5])


def test_the_directory_is_large_varied_and_without_a_problem() -> None:
    assert read_directory(DATA / "directory.jsonl").problems == ()
    assert len(THERAPISTS) >= 200
    assert len(STATEMENTS) >= 450
    assert len(set(stated("approaches"))) >= 25
    assert len(set(stated("issues"))) >= 40
    assert len(set(stated("state"))) >= 25


def test_everyone_is_fictional_and_says_so() -> None:
    assert all(t["id"].startswith("fictional-") for t in THERAPISTS)
    assert all(url.startswith("https://directory.example/") for url in stated("url"))
    assert "Every therapist here is fictional" in (DATA / "README.md").read_text("utf-8")
    assert len({t["name"] for t in THERAPISTS}) == len(THERAPISTS)


def test_shares_are_those_one_would_meet() -> None:
    telehealth = [t for t in THERAPISTS if t.get("telehealth")]
    closed = [t for t in THERAPISTS if t.get("accepting") is False]
    other = [t for t in THERAPISTS if set(t.get("languages", [])) - {"English"}]
    assert len(telehealth) > len(THERAPISTS) * 0.6
    assert 0.25 < len(closed) / len(THERAPISTS) < 0.4
    assert 0 < len(other) < len(THERAPISTS) * 0.4
    for field in ("zip", "fee_min", "insurance", "gender", "licensed_in", "accepting"):
        assert any(field not in t for t in THERAPISTS), f"nobody leaves {field} out"


@pytest.mark.parametrize("field", KNOWN)
def test_every_value_is_known(field: str) -> None:
    assert set(stated(field)) <= set(KNOWN[field])


def test_every_issue_and_approach_is_in_the_taxonomy() -> None:
    assert set(stated("issues")) <= set(TAXONOMY.issues)
    assert set(stated("approaches")) <= set(TAXONOMY.approaches)
    abouts = {s["about"] for t in THERAPISTS for s in t["statements"] if "about" in s}
    assert abouts <= set(TAXONOMY.issues) | set(TAXONOMY.approaches)


def test_statements_have_the_length_of_statements() -> None:
    for id_, text in STATEMENTS:
        assert 40 <= len(text.split()) <= 180, id_


def test_nobody_opens_as_another_does() -> None:
    counted = Counter(opening(text) for _, text in STATEMENTS)
    assert [words for words, times in counted.items() if times > 1] == []


def test_no_two_people_say_the_same(small: Matcher) -> None:
    vectors = small.contents.encoder.encode_all([text for _, text in STATEMENTS])
    cosines = np.triu(vectors @ vectors.T, 1)
    for one, other in np.argwhere(cosines >= 0.9):
        assert STATEMENTS[one][0] == STATEMENTS[other][0], (STATEMENTS[one], STATEMENTS[other])


def test_the_taxonomy_speaks_both_voices() -> None:
    assert len(TAXONOMY.issues) >= 60
    assert len(TAXONOMY.approaches) >= 40
    topics = [*TAXONOMY.issues.values(), *TAXONOMY.approaches.values()]
    for topic in topics:
        assert len(topic.client_lines) >= 3, topic.slug
        assert len(topic.therapist_lines) >= 3, topic.slug
    for approach in TAXONOMY.approaches.values():
        assert len(re.findall(r"[.!?](?:\s|$)", approach.description)) == 2, approach.slug
    lines = [line for topic in topics for line in (*topic.client_lines, *topic.therapist_lines)]
    assert len({key(line) for line in lines}) == len(lines)


@pytest.mark.parametrize("kind", ["issues", "approaches"])
def test_a_name_leads_to_one_topic(kind: str) -> None:
    topics = getattr(TAXONOMY, kind).values()
    names = [n for t in topics for n in {key(x) for x in (t.slug, t.name, *t.synonyms)}]
    assert [name for name, times in Counter(names).items() if times > 1] == []


def test_queries_are_many_and_as_long_or_short_as_people_write() -> None:
    lengths = sorted(len(query["text"].split()) for query in QUERIES)
    assert len(QUERIES) >= 150
    assert 5 <= lengths[0] < 10
    assert 150 < lengths[-1] <= 200
    assert {query["topic"] for query in QUERIES} == set(TAXONOMY.issues)
    for query in QUERIES:
        assert set(query["issues"]["main"] + query["issues"]["also"]) <= set(TAXONOMY.issues)
        assert query["topic"] in query["issues"]["main"]


def test_helps_speak_of_everyone_and_are_never_shown() -> None:
    helps = read("helps.jsonl")
    assert [h["id"] for h in helps] == [t["id"] for t in THERAPISTS]
    for entry in helps:
        assert entry["core"]
        assert set(entry["core"] + entry["also"]) <= set(TAXONOMY.issues)
    assert not any("helps" in therapist for therapist in THERAPISTS)


def test_every_query_has_someone_who_answers_it() -> None:
    answered = Counter(query for (query, _), grade in judgments().items() if grade == 2)
    assert min(answered[query["id"]] for query in QUERIES) >= 3


def test_nothing_is_copied_from_the_development_data(shared: Path) -> None:
    theirs: set[str] = set()
    for path in (*shared.glob("pages/*"), *shared.glob("counselchat/*.jsonl")):
        theirs |= runs(path.read_text("utf-8").replace("\\n", " "))
    for path in (*DATA.glob("*.json*"), DATA.parent / "README.md"):
        assert not runs(path.read_text("utf-8")) & theirs, path.name


def test_lines_about_danger_are_many_and_a_seventh_is_held_back() -> None:
    lines = read("danger.jsonl")
    held = [line for line in lines if line["held"]]
    assert len(lines) >= 400
    assert len(lines) / 7 <= len(held) <= 0.5 * len(lines)
    assert len({line["id"] for line in lines}) == len(lines)
    for half in (held, [line for line in lines if not line["held"]]):
        assert {line["kind"] for line in half} == {None, *KINDS}
        quiet = {(line["language"], line["kind"] is None) for line in half}
        assert quiet == {("en", True), ("en", False), ("es", True), ("es", False)}


def test_no_line_about_danger_is_there_twice() -> None:
    ids: dict[str, list[str]] = {}
    for line in read("danger.jsonl"):
        ids.setdefault(plain(line["text"]), []).append(line["id"])
    assert "" not in ids
    assert [same for same in ids.values() if len(same) > 1] == []


def test_no_line_about_danger_is_a_real_clients(shared: Path) -> None:
    theirs: set[str] = set()
    for line in (shared / "counselchat" / "questions.jsonl").read_text("utf-8").splitlines():
        asked = json.loads(line)
        said = (asked["title"], asked["text"], f"{asked['title']} {asked['text']}")
        theirs |= {plain(text) for text in said} - {""}
    assert [line["id"] for line in read("danger.jsonl") if plain(line["text"]) in theirs] == []


def plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def runs(text: str, length: int = 9) -> set[str]:
    """Every run of so many words."""
    words = re.findall(r"[a-z']+", text.casefold())
    return {" ".join(words[i : i + length]) for i in range(len(words) - length + 1)}
