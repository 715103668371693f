import pytest

from matcher.words import keys


def shared(one: str, other: str) -> int:
    return len(set(keys(one).tolist()) & set(keys(other).tolist()))


@pytest.mark.parametrize(
    ("client", "statement"),
    [
        ("I have ehlers-danlos syndrome", "Living with Ehlers-Danlos."),
        ("KETAMINE?", "ketamine-assisted work, and ketamine alone"),
        ("does anyone do EMDR", "Trained in EMDR, I go slowly."),
    ],
)
def test_a_word_is_the_same_whatever_its_case_and_what_stands_around_it(
    client: str, statement: str
) -> None:
    assert shared(client, statement) == 1


@pytest.mark.parametrize("text", ["", "I am 35", "35 2019", "a b c", "😀 …"])
def test_numbers_and_letters_alone_are_no_words(text: str) -> None:
    assert len(keys(text)) == 0


def test_a_word_counts_once_and_keys_are_sorted() -> None:
    found = keys("grief and Grief and sorrow")
    assert len(found) == 3
    assert found.tolist() == sorted(found.tolist())
