"""What was understood of a text, as chips."""

from collections.abc import Mapping
from typing import Any

import pytest

from matcher.understanding import Understood
from matcher.wishes import Wish, rules
from service.chips import Chip, Chips, chips, choice
from service.form import FIELDS, Form, filters
from service.strings import Strings

NAMES = {"grief": "Grief", "cbt": "Cognitive Behavioral Therapy", "emdr": "EMDR"}


def wish(name: str, value: str, exclude: bool = False) -> Wish:
    return Wish(name, value, exclude, 0, 0)


def made(told: Understood, form: Form | None = None) -> Chips:
    """The chips, where a choice leaves as many therapists as it has fields and values' letters."""

    def left(chosen: Mapping[str, str]) -> int:
        return sum(len(name) + len(value) for name, value in chosen.items())

    return chips(told, form or Form(), Strings(), lambda slug: NAMES.get(slug, slug), left)


def wished(*wishes: Wish, **form: Any) -> list[Chip]:
    return list(made(Understood((), (), wishes), Form(**form)).wishes)


@pytest.mark.parametrize(
    ("wanted", "field", "value"),
    [
        (wish("times", "evenings"), "times", "evenings"),
        (wish("times", "evenings", True), "times", "!evenings"),
        (wish("gender", "woman"), "gender", "woman"),
        (wish("gender", "man", True), "gender", "!man"),
        (wish("languages", "Spanish"), "languages", "Spanish"),
        (wish("insurance", "Aetna"), "insurance", "Aetna"),
        (wish("ages", "Teens"), "ages", "Teens"),
        (wish("identities", "LGBTQ+ affirming"), "identities", "LGBTQ+ affirming"),
        (wish("approaches", "cbt"), "approaches", "cbt"),
        (wish("approaches", "cbt", True), "not_approaches", "cbt"),
        (wish("state", "WA"), "state", "WA"),
        (wish("telehealth", "true"), "telehealth", "yes"),
        (wish("telehealth", "true", True), "in_person", "yes"),
        (wish("accepting", "true"), "accepting", "yes"),
        (wish("max_fee", "100"), "max_fee", "100"),
        (wish("near", "98101"), "zip", "98101"),
    ],
)
def test_a_wish_is_granted_by_a_field_of_the_form(wanted: Wish, field: str, value: str) -> None:
    assert choice(wanted) == (field, value)


@pytest.mark.parametrize("name", sorted({rule.filter for rule in rules()}))
def test_every_kind_of_wish_that_is_read_has_a_field_and_a_name(name: str) -> None:
    value = {"max_fee": "100", "near": "98101", "state": "WA"}.get(name, "x")
    field, chosen = choice(wish(name, value))
    assert field in FIELDS
    assert filters({field: chosen}, {})
    assert wished(wish(name, value))[0].name


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (wish("times", "evenings"), "Evenings"),
        (wish("times", "evenings", True), "Not evenings"),
        (wish("gender", "woman"), "A woman"),
        (wish("gender", "man", True), "Not a man"),
        (wish("languages", "Spanish"), "In Spanish"),
        (wish("insurance", "Aetna"), "Takes Aetna"),
        (wish("ages", "teens"), "For teens"),
        (wish("identities", "LGBTQ+ affirming"), "LGBTQ+ affirming"),
        (wish("approaches", "emdr"), "EMDR"),
        (wish("approaches", "cbt", True), "Not Cognitive Behavioral Therapy"),
        (wish("state", "WA"), "In WA"),
        (wish("telehealth", "true"), "Online"),
        (wish("telehealth", "true", True), "In person"),
        (wish("accepting", "true"), "Taking new clients"),
        (wish("max_fee", "100"), "Up to $100"),
        (wish("near", "98101"), "Near 98101"),
    ],
)
def test_a_wish_is_said_in_plain_words(wanted: Wish, said: str) -> None:
    assert wished(wanted)[0].name == said


def test_topics_are_named_in_order_and_can_be_taken_away() -> None:
    told = Understood((("grief", 0.9), ("unheard-of", 0.5)), (("cbt", 1.0),))
    assert made(told) == Chips(
        [
            Chip("Grief", "add:misread:grief"),
            Chip("unheard-of", "add:misread:unheard-of"),
            Chip("Cognitive Behavioral Therapy", "add:misread:cbt"),
        ],
        [],
        [],
    )


def test_a_text_that_tells_nothing_has_no_chips() -> None:
    assert made(Understood((), ())) == Chips([], [], [])


def test_what_was_taken_away_can_be_put_back() -> None:
    form = Form(sets={"misread": ("grief",), "forgotten": ("times=!evenings", "state=WA")})
    told = Understood((), (), (wish("times", "evenings", True), wish("times", "evenings")))
    found = made(told, form)
    assert found.removed == [
        Chip("Grief", "drop:misread:grief"),
        Chip("Not evenings", "drop:forgotten:times=!evenings"),
    ]  # the text no longer wishes for a state
    assert [chip.name for chip in found.wishes] == ["Evenings"]


def test_a_wish_can_be_tapped_and_forgotten() -> None:
    assert wished(wish("times", "evenings")) == [
        Chip("Evenings", "add:forgotten:times=evenings", "set:times:evenings", False, 13)
    ]


def test_a_button_does_what_its_chip_says() -> None:
    told = Understood((("grief", 1.0),), (), (wish("gender", "man", True),))
    chip = made(told).wishes[0]
    assert Form()._pressed(chip.on, True).chosen == {"gender": "!man"}
    gone = made(told, Form()._pressed(chip.off, True))
    assert gone.wishes == []
    assert made(told, Form()._pressed(gone.removed[0].off, True)) == made(told)


def test_a_wish_that_is_chosen_is_pressed_and_can_be_released() -> None:
    wanted = wish("approaches", "cbt", True)
    chip = wished(wanted, chosen={"not_approaches": "cbt"})[0]
    assert (chip.pressed, chip.on) == (True, "unset:not_approaches")
    chip = wished(wanted, chosen={"not_approaches": "emdr"})[0]
    assert (chip.pressed, chip.on) == (False, "set:not_approaches:cbt")


def test_a_wish_and_its_contrary_are_not_both_pressed() -> None:
    wishes = (wish("telehealth", "true"), wish("telehealth", "true", True))
    online, person = wished(*wishes, chosen={"in_person": "yes"})
    assert (online.pressed, person.pressed) == (False, True)


def test_a_chip_counts_whom_it_would_leave_beside_what_is_chosen() -> None:
    chip = wished(wish("times", "evenings"), chosen={"state": "WA"})[0]
    assert chip.count == len("state") + len("WA") + len("times") + len("evenings")
    chip = wished(wish("times", "evenings"), chosen={"times": "x"})[0]
    assert chip.count == len("times") + len("evenings")  # in place of what is chosen there


def test_near_counts_within_twenty_five_miles_where_no_distance_is_chosen() -> None:
    assert wished(wish("near", "98101"))[0].count == len("zip98101")  # a match takes 25 then


def test_near_counts_within_the_distance_that_is_chosen() -> None:
    for zip_ in ("98101", "98402"):  # whether it is pressed or not, tapping keeps the distance
        chip = wished(wish("near", "98101"), chosen={"zip": zip_, "miles": "100"})[0]
        assert chip.count == len("zip98101miles100")


def test_a_wish_that_is_told_twice_is_one_chip() -> None:
    assert len(wished(wish("state", "WA"), wish("state", "WA"))) == 1
