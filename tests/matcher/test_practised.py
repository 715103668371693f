from matcher import Matcher
from matcher.practised import approach_counts, practised
from tests.small import BOUNDARIES, GRIEF


def test_an_approach_comes_with_its_description_and_therapists(small: Matcher) -> None:
    found = practised(small.contents, "CBT")
    assert found is not None
    assert (found.topic.slug, found.topic.name) == ("cbt", "Cognitive Behavioral Therapy")
    assert found.topic.description
    assert [t.id for t in found.therapists] == [BOUNDARIES]


def test_an_approach_nobody_practises_is_not_there(small: Matcher) -> None:
    assert practised(small.contents, "emdr") is None
    assert practised(small.contents, "no such thing") is None


def test_approaches_are_counted(small: Matcher) -> None:
    counts = {topic.slug: count for topic, count in approach_counts(small.contents)}
    assert counts == {"cbt": 1, "emotionally-focused": 1, "relational": 1}
    assert small.therapist(GRIEF) is not None
