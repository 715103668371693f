import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.passages import passages, struggles


def cut(text: str) -> list[str]:
    return [span.of(text) for span in passages(text)]


def test_a_statement_is_cut_at_its_sentences() -> None:
    text = (
        "I work with Dr. Ames, Ph.D., on grief. Then sleep goes first! Really. "
        "Does anyone notice at work?"
    )
    assert cut(text) == [
        "I work with Dr. Ames, Ph.D., on grief.",
        "Then sleep goes first! Really.",
        "Does anyone notice at work?",
    ]


def test_a_sentence_too_short_to_search_with_joins_its_neighbour() -> None:
    text = "I get it. You have tried everything already. Really."
    assert cut(text) == ["I get it. You have tried everything already. Really."]


def test_lines_are_cut_even_without_full_stops() -> None:
    text = "my mother died in spring\n\nwork has been hard since then"
    assert cut(text) == ["my mother died in spring", "work has been hard since then"]


def test_code_points_count_whatever_they_look_like() -> None:
    text = "😀😀 I laugh all day long. 👩‍👩‍👧 We never talk at home."
    assert [(s.start, s.end) for s in passages(text)] == [(0, 24), (25, len(text))]


def test_struggles_without_punctuation_are_cut_at_forty_words() -> None:
    text = " ".join(f"word{n}" for n in range(100))
    assert [len(s.of(text).split()) for s in struggles(text)] == [40, 40, 20]


def test_a_text_without_spaces_is_cut_too() -> None:
    text = "眠" * 4000
    spans = struggles(text)
    assert len(spans) == 2
    assert "".join(span.of(text) for span in spans) == text


def test_a_thousand_tiny_sentences_make_at_most_sixteen_struggles() -> None:
    text = "No one sees me. " * 250
    spans = struggles(text)
    assert 1 < len(spans) <= 16
    assert (spans[0].start, spans[-1].end) == (0, len(text.rstrip()))


@pytest.mark.parametrize("text", ["?", "a", "…", "no"])
def test_a_text_that_is_not_blank_has_at_least_one_span(text: str) -> None:
    assert cut(text) == [text]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_spans_stand_in_order_and_miss_no_word(text: str) -> None:
    for spans in (passages(text), struggles(text)):
        ends = [0, *(span.end for span in spans)]
        assert all(end <= span.start < span.end for end, span in zip(ends, spans, strict=False))
        assert "".join("".join(s.of(text) for s in spans).split()) == "".join(text.split())
