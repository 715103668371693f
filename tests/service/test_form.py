"""What a form says after its button was pressed, and the filters that its choices mean."""

import io
from typing import Any

import pytest
from starlette.datastructures import FormData, UploadFile

from service.form import (
    LISTS,
    LONGEST_LIST,
    LONGEST_SET,
    PAGE,
    SETS,
    SWITCHES,
    Form,
    Mistake,
    filters,
)

TEXT = "I can't sleep since my mother died"


def read(*fields: tuple[str, str | UploadFile]) -> Form:
    return Form.read(FormData(list(fields)))


def pressed(do: str, *fields: tuple[str, str]) -> Form:
    """A form that came with an answer, after one of its buttons was pressed."""
    return read(("text", TEXT), ("asked", "yes"), *fields, ("do", do))


def many(number: int) -> list[str]:
    return [f"t-{n}" for n in range(number)]


def test_a_form_says_what_was_typed_and_chosen() -> None:
    form = read(("text", TEXT), ("state", "WA"), ("telehealth", "yes"), ("kept", "a"))
    assert form == Form(
        TEXT,
        {"state": "WA", "telehealth": "yes"},
        {**dict.fromkeys(SETS, ()), "kept": ("a",)},
    )
    assert form.fields == [("kept", "a")]


def test_an_empty_form_has_chosen_nothing_and_shows_the_first_page() -> None:
    form = read(("text", ""), ("state", ""), ("zip", " "))
    assert (form.text, form.chosen, form.fields, form.shown) == ("", {}, [], PAGE)


def test_what_no_form_of_ours_holds_is_ignored() -> None:
    form = read(("text", TEXT), ("utm", "1"), ("issues", "grief"), ("limit", "99"))
    assert form == read(("text", TEXT))


def test_a_form_shows_nobody_the_text() -> None:
    assert "mother" not in repr(read(("text", TEXT)))
    assert "mother" not in str(pressed("add:kept:a"))


@pytest.mark.parametrize("name", SETS)
def test_what_is_added_is_there_once_and_can_be_dropped(name: str) -> None:
    assert pressed(f"add:{name}:a")[name] == ("a",)
    assert pressed(f"add:{name}:a", (name, "a"), (name, "b"))[name] == ("b", "a")
    assert pressed(f"drop:{name}:a", (name, "a"), (name, "b"))[name] == ("b",)
    assert pressed(f"drop:{name}:c", (name, "a"), (name, "b"))[name] == ("a", "b")
    assert pressed(f"none:{name}", (name, "a"), (name, "b"))[name] == ()


@pytest.mark.parametrize("name", SETS)
def test_a_full_list_makes_room_for_what_comes_last(name: str) -> None:
    most = LONGEST_LIST if name == "kept" else LONGEST_SET
    sent = [(name, id_) for id_ in many(most)]
    assert pressed(f"add:{name}:new", *sent)[name] == (*many(most)[1:], "new")
    assert LONGEST_SET == 20


def test_a_list_that_no_page_of_ours_sends_is_cut() -> None:
    assert len(read(*(("like", id_) for id_ in many(30)))["like"]) == LONGEST_SET


def test_nobody_is_both_liked_and_set_aside() -> None:
    liked = pressed("add:like:a", ("unlike", "a"), ("unlike", "b"))
    assert (liked["like"], liked["unlike"]) == (("a",), ("b",))
    aside = pressed("add:unlike:a", ("like", "a"), ("kept", "a"))
    assert (aside["like"], aside["unlike"], aside["kept"]) == ((), ("a",), ("a",))


@pytest.mark.parametrize("bad", ["", "../x", "a b", "<b>", "x" * 65, "é", "a:b", "a\nb"])
def test_what_is_no_id_is_on_no_list_of_therapists(bad: str) -> None:
    for name in ("like", "unlike", "kept"):
        assert read((name, "ok"), (name, bad))[name] == ("ok",)
        assert pressed(f"add:{name}:{bad}", (name, "ok"))[name] == ("ok",)


def test_a_wish_is_forgotten_by_a_key_that_is_no_id() -> None:
    assert pressed("add:forgotten:times=after 6 pm")["forgotten"] == ("times=after 6 pm",)
    assert pressed("add:forgotten:" + "x" * 101)["forgotten"] == ()


def test_a_value_may_hold_colons() -> None:
    assert pressed("set:insurance:Aetna: PPO").chosen == {"insurance": "Aetna: PPO"}
    assert pressed("add:misread:a:b")["misread"] == ("a:b",)


def test_a_wish_that_is_tapped_takes_the_place_of_what_was_chosen() -> None:
    form = pressed("set:times:mornings", ("times", "evenings"), ("state", "WA"))
    assert form.chosen == {"times": "mornings", "state": "WA"}
    assert pressed("unset:times", ("times", "evenings"), ("state", "WA")).chosen == {"state": "WA"}
    assert pressed("unset:times").chosen == {}


def test_what_is_near_goes_with_its_distance() -> None:
    sent = (("zip", "98101"), ("miles", "50"), ("state", "WA"))
    assert pressed("unset:near", *sent).chosen == {"state": "WA"}


def test_all_choices_are_cleared_at_once_and_lists_stay() -> None:
    form = pressed("clear", ("zip", "98101"), ("telehealth", "yes"), ("kept", "a"))
    assert (form.chosen, form["kept"], form.text) == ({}, ("a",), TEXT)


@pytest.mark.parametrize(
    ("sent", "shown"), [("10", 20), ("20", 30), ("95", 100), ("100", 100), ("900", 100), ("x", 20)]
)
def test_more_shows_ten_more_up_to_a_hundred(sent: str, shown: int) -> None:
    assert pressed("more", ("shown", sent)).shown == shown


@pytest.mark.parametrize("sent", ["", "0", "-5", "5", "1e2", "1000", "٢٠", "10.5"])
def test_a_number_to_show_that_is_none_of_ours_means_the_first_page(sent: str) -> None:
    assert read(("text", TEXT), ("shown", sent)).shown == PAGE


@pytest.mark.parametrize(
    "do",
    [
        *("set:", "set:state", "set:state:", "set:evil:1", "set:text:x", "unset", "unset:evil"),
        *("add", "add:evil:a", "ADD:kept:a", "drop", "none", "none:evil"),
        *("count", "more2", ":", "::", "\0"),
    ],
)
def test_a_button_that_nobody_offered_changes_nothing(do: str) -> None:
    sent = (("state", "WA"), ("kept", "a"))
    assert pressed(do, *sent) == read(("text", TEXT), *sent)


def test_finding_therapists_asks_for_matches_and_so_does_a_button_beside_an_answer() -> None:
    assert read(("text", TEXT)).asked
    assert read(("text", "")).asked  # and is told that the box is empty
    assert pressed("add:kept:a").asked
    assert pressed("clear").asked


def test_a_choice_made_before_anything_was_asked_asks_for_no_matches() -> None:
    assert not read(("text", TEXT), ("do", "count")).asked
    assert not read(("text", ""), ("asked", "yes"), ("do", "count")).asked
    assert not read(("text", " \n"), ("asked", "yes"), ("do", "more")).asked
    assert not read(("text", TEXT), ("asked", "no"), ("do", "count")).asked


def test_a_line_break_is_one_character_and_edges_are_not_kept() -> None:
    assert read(("text", "\r\n one\r\ntwo \n")).text == "one\ntwo"
    assert read(("state", " WA ")).chosen == {"state": "WA"}


def test_half_a_character_can_be_written_back_into_the_page() -> None:
    form = read(("text", "I feel \ud83d today"), ("state", "\udc00"))
    assert form.text == "I feel ? today"
    for value in (form.text, *form.chosen.values()):
        assert value.encode("utf-8")


def test_whole_characters_come_through_whatever_they_are() -> None:
    for text in ("😀", "Ich schlafe schlecht, Größe ß", "لا أستطيع النوم", "眠れない"):
        assert read(("text", text)).text == text


@pytest.mark.parametrize("name", ["text", "state", "kept", "shown", "do", "asked"])
def test_a_file_is_no_text(name: str) -> None:
    assert read((name, UploadFile(io.BytesIO(b"secret"), filename="a"))) == read()


OFFERED = {
    "times": ("evenings", "mornings", "weekends"),
    "gender": ("man", "woman"),
    "insurance": ("!Aetna",),
}


@pytest.mark.parametrize("name", LISTS)
def test_one_value_of_a_list_is_asked_for(name: str) -> None:
    assert filters({name: "x"}, OFFERED) == {name: ["x"]}
    assert filters({name: ""}, OFFERED) == {}


@pytest.mark.parametrize("name", SWITCHES)
def test_a_tick_asks_for_it_and_anything_else_does_not(name: str) -> None:
    assert filters({name: "yes"}, OFFERED) == {name: True}
    assert filters({name: "no"}, OFFERED) == filters({name: ""}, OFFERED) == {}


@pytest.mark.parametrize(
    ("chosen", "found"),
    [
        ({}, {}),
        ({"state": "WA"}, {"state": "WA"}),
        ({"state": "!WA"}, {"state": "!WA"}),  # a state can't be ruled out
        ({"max_fee": "120"}, {"max_fee": 120}),
        ({"max_fee": "$1,200.50"}, {"max_fee": 1200.5}),
        ({"max_fee": "0"}, {"max_fee": 0}),
        ({"zip": "98101"}, {"near": {"zip": "98101", "miles": 25}}),
        ({"zip": "98101", "miles": "0.5"}, {"near": {"zip": "98101", "miles": 0.5}}),
        ({"zip": "98101", "miles": "12,500"}, {"near": {"zip": "98101", "miles": 12_500}}),
        ({"miles": "50"}, {}),  # from nowhere
        ({"miles": "x"}, {}),
        ({"gender": "woman", "times": "x"}, {"gender": ["woman"], "times": ["x"]}),
    ],
)
def test_choices_mean_these_filters(chosen: dict[str, str], found: dict[str, Any]) -> None:
    assert filters(chosen, OFFERED) == found


def test_a_value_ruled_out_means_all_the_others_that_are_stated() -> None:
    assert filters({"times": "!evenings"}, OFFERED) == {"times": ["mornings", "weekends"]}
    assert filters({"gender": "!man"}, OFFERED) == {"gender": ["woman"]}


def test_a_value_that_begins_with_the_mark_can_be_asked_for() -> None:
    assert filters({"insurance": "!Aetna"}, OFFERED) == {"insurance": ["!Aetna"]}


def test_a_value_ruled_out_that_nobody_states_leaves_all_who_state_another() -> None:
    assert filters({"gender": "!nonbinary"}, OFFERED) == {"gender": ["man", "woman"]}


def test_where_all_state_what_is_ruled_out_not_all_of_them_are_left() -> None:
    found = filters({"gender": "!man"}, {"gender": ("man",)})
    assert found.get("gender"), "an empty list asks for nothing, and so admits those ruled out"


@pytest.mark.parametrize(
    ("chosen", "mistake"),
    [
        ({"max_fee": "cheap"}, "mistake-fee"),
        ({"max_fee": "$"}, "mistake-fee"),
        ({"max_fee": "1_000"}, "mistake-fee"),
        ({"max_fee": "nan"}, "mistake-fee"),
        ({"max_fee": "inf"}, "mistake-fee"),
        ({"max_fee": "9" * 400}, "mistake-fee"),
        ({"max_fee": "-1"}, "mistake-fee-range"),
        ({"max_fee": "1000001"}, "mistake-fee-range"),
        ({"zip": "9810"}, "mistake-zip"),
        ({"zip": "98101-1234"}, "mistake-zip"),
        ({"zip": "٩٨١٠١"}, "mistake-zip"),
        ({"zip": "98101\n"}, "mistake-zip"),
        ({"zip": "98101", "miles": "far"}, "mistake-miles"),
        ({"zip": "98101", "miles": "0"}, "mistake-miles"),
        ({"zip": "98101", "miles": "-3"}, "mistake-miles"),
        ({"zip": "98101", "miles": "12501"}, "mistake-miles"),
    ],
)
def test_a_mistake_is_told_by_its_name_without_what_was_typed(
    chosen: dict[str, str], mistake: str
) -> None:
    with pytest.raises(Mistake) as told:
        filters(chosen, OFFERED)
    assert (told.value.name, told.value.args, told.value.values) == (mistake, (mistake,), {})
