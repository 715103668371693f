import pytest

from index.errors import BadInput
from matcher.text import checked


@pytest.mark.parametrize(
    "text",
    [
        "sleep",
        "é" * 4000,
        "line\r\nline\ttab\x0bpasted from a word processor",
        "夜も眠れない",
        "3am 😀",
    ],
)
def test_what_a_person_may_write_is_taken_as_it_is(text: str) -> None:
    assert checked(text) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t ", "empty"),
        ("?!… 😭😭", "no words"),
        ("secret" + "x" * 3995, "4,001 characters"),
        ("secret\x00", "control characters"),
        ("secret\x1b[2J", "control characters"),
        ("secret\ud800", "half a character"),
    ],
)
def test_what_cannot_be_searched_with_is_named_and_never_repeated(text: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as caught:
        checked(text)
    assert caught.value.field == "text"
    assert "secret" not in str(caught.value)
