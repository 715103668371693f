"""The language a text is in: told where it is plain, never an error."""

import json

import pytest

from matcher.files import DATA
from matcher.language import language
from matcher.text import LONGEST

SAID = {
    "en": [
        "I feel so tired all the time and I don't know why",
        "my husband and I fight every night",
    ],
    "es": [
        "Me siento muy triste desde que murió mi madre",
        "no puedo dormir y lloro todas las noches",
    ],
    "fr": [
        "Je ne dors plus depuis que ma mère est morte",
        "je me dispute tout le temps avec mon mari",
    ],
    "de": [
        "Ich kann seit Wochen nicht mehr schlafen",
        "ich streite mich jeden Abend mit meinem Mann",
    ],
}
ODD = {
    "empty": "",
    "spaces": "   ",
    "new lines": "\n\n\n",
    "every line break": "\r\n\x0b\x0c\x85\u2028\u2029",
    "control characters": "\x00 \x01\x02 \x1b[31m \x7f",
    "emoji": "😀",
    "many emoji": "💔 😭 💔 " * 20,
    "as long as can be": "a" * LONGEST,
    "as many words as can be": "a " * (LONGEST // 2),
    "as long as can be, in accents": "è" * LONGEST,
    "as long as can be, in emoji": "😀" * LONGEST,
    "digits": "1 2 3 4 5",
    "marks": "… — ’ “ ” ?!",
    "combining": "e\u0301\u0301\u0301 \u200d\u200d \ufeff",
}


@pytest.mark.parametrize(("code", "text"), [(c, t) for c, ts in SAID.items() for t in ts])
def test_a_sentence_is_told_by_its_language(code: str, text: str) -> None:
    assert language(text) == code
    assert language(text.replace(" ", "\n ")) == code


@pytest.mark.parametrize("text", ["anxiety", "couples therapy", "ansiedad", "estoy triste", "ok"])
def test_one_or_two_words_are_too_few_to_tell_by(text: str) -> None:
    assert language(text) is None


@pytest.mark.parametrize("text", ["I’m sad", "can’t sleep", "my fiancé"])
def test_a_curly_apostrophe_or_an_accent_makes_no_other_language(text: str) -> None:
    assert language(text) in ("en", None)


def test_the_samples_queries_are_in_english_or_too_short_to_tell() -> None:
    lines = (DATA / "queries.jsonl").read_text("utf-8").splitlines()
    found = {query["id"]: language(query["text"]) for query in map(json.loads, lines)}
    assert {id_: code for id_, code in found.items() if code not in ("en", None)} == {}
    assert "en" in found.values()


@pytest.mark.parametrize("name", ODD)
def test_nothing_a_person_can_send_is_an_error(name: str) -> None:
    found = language(ODD[name])
    assert found is None or found.isalpha()


@pytest.mark.parametrize("name", ["empty", "spaces", "new lines", "control characters", "emoji"])
def test_what_has_no_words_is_in_no_language(name: str) -> None:
    assert language(ODD[name]) is None
