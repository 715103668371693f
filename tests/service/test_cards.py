"""What a card says of a therapist, and what it leaves unsaid."""

from typing import Any

import pytest
from markupsafe import Markup

from matcher.evidence import Evidence
from matcher.records import Therapist
from service.cards import Facts, facts, marked, writes
from service.strings import Strings

ENGLISH = Strings()


def therapist(**record: Any) -> Therapist:
    return Therapist.of({"id": "t", "name": "Greta Holm", "statements": [{"text": "x"}], **record})


def told(**record: Any) -> Facts:
    return facts(therapist(**record), ENGLISH)


def quotes(text: str, *spans: tuple[int, int]) -> list[Evidence]:
    return [Evidence(0, start, end, text[start:end], None, "") for start, end in spans]


def test_what_is_not_stated_is_not_guessed() -> None:
    assert told() == Facts(
        title="",
        open=None,
        taking="Doesn’t say if new clients can come",
        confirmed="",
        fee="Fee not given",
        insurance="Insurance not given",
    )


def test_all_that_is_stated_is_told() -> None:
    assert told(
        title="Psychologist",
        city="Seattle",
        state="WA",
        telehealth=True,
        in_person=True,
        accepting=True,
        confirmed="2026-11-02",
        fee_min=120,
        fee_max=180,
        sliding_scale=True,
        insurance=["Aetna", "Cigna"],
    ) == Facts(
        title="Psychologist · Seattle, WA · online · in person",
        open=True,
        taking="Taking new clients",
        confirmed="confirmed November 2, 2026",
        fee="$120 to $180 a session, lower fees if you need them",
        insurance="Takes Aetna, Cigna",
    )


@pytest.mark.parametrize(
    ("record", "title"),
    [
        ({"title": "Psychologist"}, "Psychologist"),
        ({"city": "Seattle"}, "Seattle"),
        ({"state": "WA"}, "WA"),
        ({"title": "Psychologist", "state": "WA"}, "Psychologist · WA"),
        ({"in_person": True}, "in person"),
        ({"telehealth": False, "in_person": False, "city": "Seattle"}, "Seattle"),
    ],
)
def test_the_first_line_has_no_gaps(record: dict[str, Any], title: str) -> None:
    assert told(**record).title == title


def test_who_is_full_says_so() -> None:
    full = told(accepting=False, confirmed="2026-11-02")
    assert (full.open, full.taking) == (False, "Not taking new clients now")
    assert full.confirmed == "confirmed November 2, 2026"


def test_a_day_confirms_nothing_where_it_is_not_said_what() -> None:
    assert told(confirmed="2026-11-02").confirmed == ""


@pytest.mark.parametrize(
    ("record", "fee"),
    [
        ({"fee_min": 120}, "$120 a session"),
        ({"fee_max": 120}, "$120 a session"),
        ({"fee_min": 120, "fee_max": 120}, "$120 a session"),
        ({"fee_min": 120.0, "fee_max": 180.0}, "$120 to $180 a session"),
        ({"fee_min": 180, "fee_max": 120}, "$120 to $180 a session"),
        ({"fee_min": 0}, "$0 a session"),
        ({"fee_min": 0, "fee_max": 50}, "$0 to $50 a session"),
        ({"fee_min": 100000}, "$100,000 a session"),
        ({"fee_min": 120, "sliding_scale": False}, "$120 a session"),
        ({"fee_min": 120, "sliding_scale": True}, "$120 a session, lower fees if you need them"),
    ],
)
def test_a_fee_is_told_as_stated(record: dict[str, Any], fee: str) -> None:
    assert told(**record).fee == fee


def test_cents_are_told_as_money_is_written() -> None:
    assert told(fee_min=120.5).fee == "$120.50 a session"
    assert told(fee_min=12345.67).fee == "$12,345.67 a session"


def test_lower_fees_are_told_where_the_fee_is_not() -> None:
    assert "lower fees if you need them" in told(sliding_scale=True).fee


def test_no_insurance_listed_is_insurance_not_given() -> None:
    assert told(insurance=[]).insurance == "Insurance not given"


@pytest.mark.parametrize(
    ("pronouns", "said"),
    [
        ("she/her", "She writes"),
        ("She/Her", "She writes"),
        (" she / her ", "She writes"),
        ("he/him", "He writes"),
        ("they/them", "Greta Holm writes"),
        ("They/Them", "Greta Holm writes"),
        ("she/they", "Greta Holm writes"),
        ("he/they", "Greta Holm writes"),
        ("she/him", "Greta Holm writes"),
        ("ella / she", "Greta Holm writes"),
        ("she", "Greta Holm writes"),
        ("any", "Greta Holm writes"),
    ],
)
def test_only_plain_pronouns_stand_for_a_name(pronouns: str, said: str) -> None:
    assert writes(therapist(pronouns=pronouns), ENGLISH) == said


def test_without_pronouns_a_therapist_has_a_name() -> None:
    assert writes(therapist(gender="woman"), ENGLISH) == "Greta Holm writes"


@pytest.mark.parametrize(
    "name", ["Wolfeschlegel " * 21, "Anna { $name } <b>O'Brien-Ng</b>", "李娜"]
)
def test_a_name_is_told_whole_and_as_it_is(name: str) -> None:
    assert writes(therapist(name=name), ENGLISH) == f"{name} writes"


def test_long_values_are_told_whole() -> None:
    plans = ["P" * 300] * 50
    found = told(title="T" * 300, city="C" * 300, insurance=plans)
    assert found.title == "T" * 300 + " · " + "C" * 300
    assert found.insurance == "Takes " + ", ".join(plans)


def test_quotes_are_marked_in_the_texts_order_whatever_theirs() -> None:
    text = "One. Two. Three. Four."
    expected = "One. <mark>Two.</mark> Three. <mark>Four.</mark>"
    assert marked(text, quotes(text, (17, 22), (5, 9))) == expected
    assert marked(text, quotes(text, (5, 9), (17, 22))) == expected


def test_quotes_that_touch_are_marked_one_by_one() -> None:
    assert marked("ab", quotes("ab", (0, 1), (1, 2))) == "<mark>a</mark><mark>b</mark>"


def test_a_text_without_quotes_is_the_text() -> None:
    assert marked("One. Two.", []) == "One. Two."


def test_what_was_written_is_text_and_never_markup() -> None:
    text = "<script>x</script> & <mark>\"y\"</mark> 'z' 😀 {{ 7 }}"
    quote = text.index("<mark>")
    found = marked(text, quotes(text, (quote, quote + 16)))
    assert isinstance(found, Markup)
    assert found.count("<") == 2  # the one mark
    assert found.striptags() == text
