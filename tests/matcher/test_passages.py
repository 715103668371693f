import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.passages import passages, struggles


def cut(text: str) -> list[str]:
    return [span.of(text) for span in passages(text)]


def test_a_statement_is_cut_at_its_sentences() -> None:
    assert cut(
        "I work with Dr. Ames, Ph.D., on grief and on sleep. "
        "Then the work goes first, as you know! "
        "Does anyone notice at the office, do you think?"
    ) == [
        "I work with Dr. Ames, Ph.D., on grief and on sleep.",
        "Then the work goes first, as you know!",
        "Does anyone notice at the office, do you think?",
    ]


def test_a_sentence_too_short_to_quote_joins_its_neighbour() -> None:
    text = (
        "I get it. You have tried everything there is to try. Really. "
        "We begin with what you did and felt yesterday."
    )
    assert cut(text) == [
        "I get it. You have tried everything there is to try. Really.",
        "We begin with what you did and felt yesterday.",
    ]


def test_lines_are_cut_even_without_full_stops() -> None:
    text = "my mother died in spring\n\nwork has been hard since then"
    assert [span.of(text) for span in struggles(text)] == text.split("\n\n")


def test_code_points_count_whatever_they_look_like() -> None:
    text = "😀😀 I laugh all day long. 👩‍👩‍👧 We never talk at home."
    assert [(s.start, s.end) for s in struggles(text)] == [(0, 24), (25, len(text))]


def test_struggles_without_punctuation_are_cut_at_forty_words() -> None:
    text = " ".join(f"word{n}" for n in range(100))
    assert [len(s.of(text).split()) for s in struggles(text)] == [40, 40, 20]


def test_a_text_without_spaces_is_cut_too() -> None:
    text = "眠" * 4000
    spans = struggles(text)
    assert len(spans) == 4
    assert "".join(span.of(text) for span in spans) == text


@pytest.mark.parametrize(
    "text",
    [
        "I see you. You matter. " * 200,
        "夜も眠れない。仕事が辛い。" * 100,
        "- grief\n- sleep\n" * 99,
    ],
)
def test_no_crowd_of_tiny_sentences_becomes_one_endless_quote(text: str) -> None:
    assert max(len(quote) for quote in cut(text)) <= 300


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
