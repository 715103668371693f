import pytest

from matcher.sections import LENGTH, sections

SENTENCE = "Grief number {} takes its own time and nobody else can say how long it may last."
TEXT = " ".join(SENTENCE.format(number) for number in range(40))


def test_sections_are_about_as_long_as_each_other_and_hold_everything_in_order() -> None:
    found = sections([TEXT])
    assert len(found) == round(len(TEXT.split()) / LENGTH)
    assert " ".join(found) == TEXT
    sizes = [len(section.split()) for section in found]
    assert max(sizes) - min(sizes) <= 2 * len(SENTENCE.split())


@pytest.mark.parametrize("place", [1, 5, 23, 39])
def test_how_statements_are_split_changes_nothing(place: int) -> None:
    sentences = [SENTENCE.format(number) for number in range(40)]
    parts = [" ".join(sentences[:place]), " ".join(sentences[place:])]
    assert sections(parts) == sections([TEXT])


def test_what_is_said_twice_counts_once() -> None:
    assert sections([TEXT, TEXT]) == sections([TEXT])


@pytest.mark.parametrize("text", ["Yes.", "one two three", "word " * 500, "字" * 2000])
def test_any_text_has_a_section_and_no_empty_one(text: str) -> None:
    found = sections([text])
    assert found
    assert all(section.strip() for section in found)
