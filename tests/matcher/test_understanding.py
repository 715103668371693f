import pytest

from matcher import Matcher
from matcher.query import Query
from matcher.understanding import Understood, understood


def read(small: Matcher, text: str) -> Understood:
    return understood(small.contents, Query.of(text, small.contents))


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("I have panic attacks on the train", "panic-attacks"),
        ("my ADHD makes me forget everything", "adhd"),
        ("apologize when other people bump into me and I'm tired of it", "people-pleasing"),
    ],
)
def test_an_issue_named_or_put_in_clients_words_is_understood(
    small: Matcher, text: str, issue: str
) -> None:
    assert read(small, text).issues[0][0] == issue


def test_an_approach_is_understood_where_it_is_named(small: Matcher) -> None:
    for text in (
        "Has anyone tried EMDR? I'd like that",
        "It is not EMDR I fear. I want EMDR.",
        "Therapy that isn't just talking, maybe EMDR",
    ):
        assert read(small, text).approaches == (("emdr", 1.0),)


@pytest.mark.parametrize(
    "text", ["I am sad, not CBT please", "I don't want any hypnosis or EMDR", "we emdrive"]
)
def test_an_approach_ruled_out_is_not_what_the_text_speaks_of(small: Matcher, text: str) -> None:
    assert read(small, text).approaches == ()


def test_an_issue_one_would_be_rid_of_is_understood_all_the_same(small: Matcher) -> None:
    assert ("anxiety", 1.0) in read(small, "I hate my anxiety").issues


def test_what_is_far_from_every_issue_is_left_unsaid(small: Matcher) -> None:
    assert read(small, "which tyres for a 2014 hatchback") == Understood((), (), language="en")
