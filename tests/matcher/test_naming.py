import pytest

from matcher.naming import named
from matcher.taxonomy import Taxonomy

TAXONOMY = Taxonomy.packaged()


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Has anyone tried EMDR? I'd like that", "emdr"),
        ("I have panic attacks on the train", "panic-attacks"),
        ("cognitive behavioral therapy would be fine", "cbt"),
        ("no more CBT", "cbt"),
    ],
)
def test_a_topic_called_by_one_of_its_names_is_found(text: str, slug: str) -> None:
    assert slug in named(TAXONOMY, text)


@pytest.mark.parametrize("text", ["", "the river was high", "we emdrive"])
def test_nothing_named_is_nothing_found(text: str) -> None:
    assert named(TAXONOMY, text) == frozenset()
