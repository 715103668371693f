"""Pages: put together they are the list that one large request would give."""

import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from index.errors import BadInput, Stale
from matcher import Matcher
from matcher.build import build
from matcher.changes import Changes, note_set
from matcher.paging import page_start, page_token
from matcher.results import Match, Result
from tests.small import COUPLES, GRIEF, LOOSE, PANIC, TEENS, as_large, write_directory

TEXT = "I can't sleep since my mother died"
CANARY = "zanzibar-teapot"
SAID = (
    "I sit with people who grieve.",
    "Panic makes the heart race.",
    "Couples fight about the dishes.",
    "Sleep goes when someone dies.",
    "We practise saying no.",
)
CROWD = [
    {
        "id": f"t-{number:03}",
        "name": f"T {number}",
        "state": "WA" if number % 3 else "OR",
        "statements": [{"text": SAID[number % len(SAID)]}, {"text": SAID[number % 3]}],
    }
    for number in range(137)
]


@pytest.fixture(scope="module")
def crowd(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    """A directory of more than a hundred, many of whom score the same."""
    index = Path(shutil.copytree(built, tmp_path_factory.mktemp("crowd") / "index"))
    build(write_directory(index.parent / "crowd.jsonl", CROWD), index, LOOSE)
    return Matcher.open(index)


def pages(matcher: Matcher, limits: Iterator[int], **asked: Any) -> list[Result]:
    found = [matcher.match(TEXT, limit=next(limits), **asked)]
    while found[-1].next_page:
        found.append(matcher.match(TEXT, limit=next(limits), page=found[-1].next_page, **asked))
    return found


def listed(results: list[Result]) -> list[Match]:
    return [match for result in results for match in result.matches]


def always(limit: int) -> Iterator[int]:
    while True:
        yield limit


def anything() -> Iterator[int]:
    chance = random.Random(7)
    while True:
        yield chance.randint(1, 30)


ASKED: list[dict[str, Any]] = [
    {},
    {"filters": {"state": "WA"}},
    {"filters": {"state": "OR"}},
    {"filters": {"languages": ["Klingon"]}},
    {"like": ["t-001", "t-005"], "unlike": ["t-000", "t-003"]},
    {"filters": {"state": "WA"}, "unlike": ["t-001"], "misread": ["grief"]},
    {"min_score": 0.1},
    {"min_score": 2.0},
]


@pytest.mark.parametrize("large", [False, True], ids=["exact", "approximate"])
@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_pages_are_one_list_without_gap_or_repeat(
    crowd: Matcher, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], large: bool
) -> None:
    matcher = crowd
    if large:
        matcher = as_large(crowd)
        monkeypatch.setattr("index.search.EXACT", 0)
        monkeypatch.setattr("index.search.ASKED", 40)
    whole = listed(pages(matcher, always(100), **asked))
    for limits in (always(7), always(10), anything()):
        found = pages(matcher, limits, **asked)
        assert listed(found) == whole
        assert all(len(result.matches) for result in found[1:]), "no page is empty"
        assert len({result.good_match for result in found}) == 1
    ids = [match.therapist.id for match in whole]
    assert len(set(ids)) == len(ids)
    if "min_score" not in asked:
        unwanted = {"t-000": "OR", "t-001": "WA", "t-003": "OR"}
        state = asked.get("filters", {}).get("state")
        gone = [id_ for id_ in asked.get("unlike", ()) if state in (None, unwanted[id_])]
        assert len(ids) == found[0].counts.qualifying - len(gone)


def test_a_list_that_is_proposed_ends_somewhere_and_says_so(
    crowd: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.search.EXACT", 0)
    monkeypatch.setattr("index.search.DEEPEST", 35)
    matcher = as_large(crowd)
    one = matcher.match(TEXT, limit=20)
    two = matcher.match(TEXT, limit=20, page=one.next_page)
    assert one.plan.startswith("approximate")
    assert (len(one.matches), len(two.matches)) == (20, 15)
    assert listed([one, two]) == list(matcher.match(TEXT, limit=100).matches)
    assert two.next_page is not None, "there are more, and it doesn't say that this is the end"
    with pytest.raises(BadInput, match="beyond the first 35 therapists") as raised:
        matcher.match(TEXT, page=two.next_page)
    assert raised.value.field == "page"
    monkeypatch.setattr("index.search.DEEPEST", 46)
    few = pages(matcher, always(20), filters={"state": "OR"})
    assert few[0].plan.startswith("approximate")
    assert len({match.therapist.id for match in listed(few)}) == few[0].counts.qualifying == 46


def test_a_page_of_another_version_is_stale(small: Matcher, crowd: Matcher) -> None:
    page = small.match(TEXT, limit=1).next_page
    with pytest.raises(Stale, match="ask without `page`") as raised:
        crowd.match(TEXT, page=page)
    assert raised.value.field == "page"


def test_a_page_is_stale_once_anything_was_changed(index: Path) -> None:
    before = Matcher.open(index)
    page = before.match(TEXT, limit=2).next_page
    note_set(index, PANIC, {"accepting": True})
    one = before.with_changes(Changes.read(index))
    with pytest.raises(Stale):
        one.match(TEXT, page=page)
    page = one.match(TEXT, limit=2).next_page
    note_set(index, PANIC, {"accepting": False})  # as many differ as did before
    two = one.with_changes(Changes.read(index))
    assert one.version_told == two.version_told
    with pytest.raises(Stale):
        two.match(TEXT, page=page)
    # The same changes are the same state, in another process as well.
    page = two.match(TEXT, limit=2).next_page
    assert Matcher.open(index).match(TEXT, page=page).matches == two.match(TEXT, page=page).matches


WRONG = ("", "x", CANARY, "A" * 20, "é" * 20, "A" * 4000, "\ud800", "AAAA AAAA", "=" * 20, "0")


@pytest.mark.parametrize("page", WRONG)
def test_what_is_no_page_is_refused_and_not_repeated(small: Matcher, page: str) -> None:
    with pytest.raises(BadInput) as raised:
        small.match(TEXT, page=page)
    assert raised.value.field == "page"
    assert str(raised.value) == "page must be a `next_page` as an answer gave it"


def test_no_letter_of_a_page_can_be_another(small: Matcher) -> None:
    token = page_token("state", 70_000)
    assert page_start(token, "state") == 70_000
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(BadInput):
            page_start(token[:place] + other + token[place + 1 :], "state")
    for beside in (token + "=", " " + token, token + "\n", token[:-1], token + "AAAA"):
        with pytest.raises(BadInput):
            page_start(beside, "state")


def test_a_page_tells_nothing_of_what_was_asked(small: Matcher) -> None:
    texts = [TEXT, f"{CANARY} hurts", "I want to die"]
    pages = {small.match(text, limit=2).next_page for text in texts}
    pages |= {small.match(TEXT, {"telehealth": True}, limit=2, like=[TEENS]).next_page}
    assert len(pages) == 1


def test_a_list_ends_where_the_least_score_cuts_it(small: Matcher) -> None:
    second = small.match(TEXT).matches[1].score
    assert small.match(TEXT, limit=2, min_score=second).next_page is None
    assert small.match(TEXT, limit=1, min_score=second).next_page is not None


def test_a_page_past_the_end_is_empty(small: Matcher) -> None:
    page = small.match(TEXT, limit=4).next_page
    found = small.match(TEXT, {"state": "NV"}, page=page)
    assert (list(found.matches), found.next_page, found.good_match) == ([], None, False)


def test_what_is_told_of_the_text_stands_on_every_page(small: Matcher) -> None:
    one = small.match("I don't want to live anymore", limit=4, like=[GRIEF], unlike=[COUPLES])
    assert one.next_page is None
    one = small.match("I don't want to live anymore", limit=3)
    two = small.match("I don't want to live anymore", limit=3, page=one.next_page)
    assert one.crisis == two.crisis is not None
    assert one.understood == two.understood
    assert one.counts == two.counts
