"""The page as it is sent; `test_browser` has what a person does with it."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from matcher.evidence import Evidence
from matcher.safety import crisis
from service.app import create
from service.cards import marked
from service.form import FIELDS
from service.settings import Settings
from tests.small import BOUNDARIES, GRIEF, PANIC

TEXT = "I can't sleep since my mother died"
MANY = "I can't sleep since my mother died. I say yes to everyone. Evenings, please, and not CBT."


def post(client: TestClient, **form: str | list[str]) -> str:
    if "do" in form and "text" in form:  # such buttons come with an answer
        form = {"asked": "yes", **form}
    answer = client.post("/", data=form)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", unescape(answer.text))


def test_before_anything_is_typed_the_page_asks_one_thing(client: TestClient) -> None:
    page = client.get("/").text
    assert page.count("<textarea") == page.count("<form") == 1
    assert 'method="post"' in page
    assert '<textarea name="text"' in page
    assert "blockquote" not in page
    assert "This directory is made up." in page
    # The button comes next after the text box, the filters after it.
    order = ("<textarea", '<button type="submit"', 'name="state"')
    assert [page.index(part) for part in order] == sorted(page.index(part) for part in order)


def test_a_match_is_a_card_with_the_therapists_own_words(client: TestClient) -> None:
    page = post(client, text=TEXT)
    first = page.split("<article")[1]
    for told in (
        "Greta Holm",
        "Psychologist · Seattle, WA · online",
        "Taking new clients",
        "$100 to $150 a session · Takes Aetna",
        f"You wrote</span> “{TEXT}”",
        "Greta Holm writes",
        "Read the whole statement on Sleep",
        'href="https://directory.example/grief"',
    ):
        assert told in first
    quote = re.search("<blockquote>(.*?)</blockquote>", first)
    assert quote is not None
    assert f"<mark>{quote[1]}</mark>" in first


def test_the_form_comes_back_as_it_was_sent(client: TestClient) -> None:
    page = post(client, text=TEXT, state="WA", telehealth="yes", max_fee="$140", times="evenings")
    assert f" {TEXT}</textarea>" in page
    assert '<option value="WA" selected>' in page
    assert "1 of 1 therapist who meets your choices" in page
    assert "Narrow the list (4 chosen)" in page


def test_nobody_left_is_said_with_what_to_drop_and_who_is_left_then(client: TestClient) -> None:
    page = post(client, text=TEXT, state="NV", languages="Spanish")
    assert "No one meets all of these choices" in page
    assert "Drop “Language”: 1 therapist<" in page
    assert "Drop “State where you live”: 1 therapist<" in page
    assert "Drop all choices: 5 therapists<" in page
    left = post(client, text=TEXT, state="NV", languages="Spanish", do="unset:languages")
    assert left.count("<article") == 1
    assert post(client, text=TEXT, state="NV", do="clear").count("<article") == 5


def test_each_choice_tells_how_many_it_leaves(client: TestClient) -> None:
    page = client.get("/").text
    assert '<option value="WA" >WA (2)</option>' in page
    assert "Online sessions (3)" in page
    narrowed = post(client, state="WA", do="count")  # nothing typed yet: no mistake, no list
    assert '<option value="OR" >OR (2)</option>' in narrowed
    assert "Online sessions (2)" in narrowed
    assert 'role="alert"' not in narrowed
    assert "<article" not in narrowed


def test_what_was_understood_can_be_taken_away_and_put_back(client: TestClient) -> None:
    page = post(client, text="grief. " + TEXT)
    assert 'value="add:misread:grief"' in page
    without = post(client, text="grief. " + TEXT, do="add:misread:grief")
    assert 'name="misread" value="grief"' in without
    assert 'aria-label="Put Grief back"' in without
    assert 'value="add:misread:grief"' not in without
    back = post(client, text="grief. " + TEXT, misread="grief", do="drop:misread:grief")
    assert 'value="add:misread:grief"' in back


def test_a_wish_narrows_nothing_until_it_is_tapped(client: TestClient) -> None:
    page = post(client, text=MANY)
    assert page.count("<article") == 5
    chip = (
        'value="set:times:evenings" class="tap" aria-pressed="false">Evenings <span class="count">1'
    )
    assert chip in page
    assert "Not Cognitive Behavioral Therapy" in page
    tapped = post(client, text=MANY, do="set:times:evenings")
    assert tapped.count("<article") == 1
    assert 'value="unset:times" class="tap" aria-pressed="true"' in tapped
    assert post(client, text=MANY, times="evenings", do="unset:times").count("<article") == 5
    forgotten = post(client, text=MANY, do="add:forgotten:times=evenings")
    assert 'value="set:times:evenings"' not in forgotten
    assert 'value="drop:forgotten:times=evenings"' in forgotten


def test_an_approach_ruled_out_is_left_out_where_the_client_taps_it(client: TestClient) -> None:
    page = post(client, text=MANY, do="set:not_approaches:cbt")
    assert "Bo Adeyemi" not in page
    assert '<option value="cbt" selected>' in page


def test_more_like_this_and_not_for_me_move_the_list(client: TestClient) -> None:
    page = post(client, text=TEXT, do=f"add:unlike:{GRIEF}")
    assert "Greta Holm" not in page
    assert "You set aside 1 therapist." in page
    assert page.count("<article") == 4
    back = post(client, text=TEXT, unlike=GRIEF, do="none:unlike")
    assert "Greta Holm" in back
    liked = post(client, text=TEXT, do=f"add:like:{BOUNDARIES}")
    assert f'value="drop:like:{BOUNDARIES}" class="plain on" aria-pressed="true"' in liked
    both = post(client, text=TEXT, like=GRIEF, do=f"add:unlike:{GRIEF}")
    assert "Greta Holm" not in both


def test_setting_everyone_aside_is_no_dead_end(client: TestClient) -> None:
    page = post(client, text=TEXT, state="NV", do="add:unlike:couples")
    assert "You set aside everyone on this list" in page
    assert "Bring them back" in page
    assert "No one meets" not in page


def test_a_distance_that_nobody_chose_stays_what_it_was(client: TestClient) -> None:
    page = post(client, text=TEXT, zip="98101")
    assert '<option value="25" selected>' in page


def test_danger_that_only_the_alarm_hears_is_met_beside_a_mistake_too(client: TestClient) -> None:
    text = "he gets so angry that i sleep in the car with the kids"
    assert crisis(text) is None
    assert 'role="alert" aria-labelledby="crisis"' in post(client, text=text)
    assert 'aria-labelledby="crisis"' in client.post("/", data={"text": text, "zip": "9"}).text


def test_a_list_is_kept_in_the_page_and_nowhere_else(client: TestClient) -> None:
    page = post(client, text=TEXT, do=f"add:kept:{GRIEF}")
    assert "Your list (1)" in page
    page = post(client, text=TEXT, kept=[GRIEF, "t-gone"], do=f"add:kept:{PANIC}")
    assert "Your list (2)" in page  # who has left the directory is left out
    assert (
        'href="https://directory.example/grief" rel="noreferrer">https://directory.example/grief<'
        in page
    )
    assert "Your list" not in client.get("/").text
    page = post(client, kept=GRIEF, do="count")  # brought back by the device it was saved on
    assert "Your list (1)" in page
    assert 'role="alert"' not in page


def test_more_therapists_are_shown_where_there_are_more(client: TestClient) -> None:
    assert 'value="more"' not in post(client, text=TEXT)  # five are all there are
    assert 'name="shown" value="20"' in post(client, text=TEXT, shown="10", do="more")


@pytest.mark.parametrize("do", ["drop", "add:kept:../x", "add:like:", "set:evil:1", "::", "more:x"])
def test_a_button_nobody_offered_does_no_harm(client: TestClient, do: str) -> None:
    assert "Greta Holm" in post(client, text=TEXT, asked="yes", do=do)


def test_a_text_in_another_language_is_told_that_it_will_match_poorly(client: TestClient) -> None:
    page = post(client, text="No puedo dormir desde que murió mi madre")
    assert "This looks like Spanish." in page
    assert "Greta Holm" in page
    assert "This looks like" not in post(client, text=TEXT)


def test_danger_told_in_spanish_is_met_in_spanish(client: TestClient) -> None:
    page = post(
        client, text="Estoy triste todo el día y quiero morirme, I want to kill myself no más"
    )
    section = page[page.index('role="alert"') : page.index("</section>")]
    assert 'lang="es"' in section
    assert "hable con alguien ahora" in section
    assert "988 Lifeline en español" in section
    assert "envíe AYUDA al 988" in section


@pytest.mark.parametrize("form", [{"max_fee": "x"}, {"zip": "1"}, {"text": "x" * 4000}])
def test_danger_is_met_even_where_the_form_has_a_mistake(
    client: TestClient, form: dict[str, str]
) -> None:
    text = "I want to kill myself " + form.pop("text", "")
    answer = client.post("/", data={"text": text} | form)
    assert answer.status_code == 422
    assert 'href="tel:988"' in answer.text
    assert answer.text.index('role="alert"') < answer.text.index("<form")


def test_a_poor_fit_is_said_kindly(client: TestClient) -> None:
    assert "None of these is a close fit" in post(client, text="tyres for a 2014 hatchback")


def test_danger_is_met_first_and_beside_the_matches(client: TestClient) -> None:
    page = post(client, text="my husband hits me and I want to die")
    assert page.index('role="alert"') < page.index("<form") < page.index("<article")
    for told in ('href="tel:988"', 'href="tel:18007997233"', "HOME to 741741"):
        assert told in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"text": ""}, "The box is empty"),
        ({}, "The box is empty"),
        ({"text": "x" * 4001}, "4,001 letters"),
        ({"text": "a\x00b"}, "control characters"),
        ({"text": TEXT, "max_fee": "cheap"}, "The highest fee must be a number"),
        ({"text": TEXT, "max_fee": "-1"}, "The highest fee must be 0 or more"),
        ({"text": TEXT, "max_fee": "nan"}, "The highest fee must be a number"),
        ({"text": TEXT, "max_fee": "1_0"}, "The highest fee must be a number"),
        ({"text": TEXT, "zip": "9810"}, "five digits"),
        ({"text": TEXT, "zip": "98101", "miles": "0"}, "must be a number of miles"),
    ],
)
def test_a_mistake_is_said_and_loses_nothing(
    client: TestClient, form: dict[str, str], says: str
) -> None:
    answer = client.post("/", data=form)
    assert answer.status_code == 422
    assert says in unescape(answer.text)
    if "x" not in form.get("text", "x"):
        assert form["text"] in unescape(answer.text)


@pytest.mark.parametrize("charset", ["undefined", "utf-7", "raw_unicode_escape", "no-such-one"])
def test_a_form_in_an_odd_character_set_is_answered_with_a_page(
    client: TestClient, charset: str
) -> None:
    lines = [
        "--X",
        'Content-Disposition: form-data; name="text"',
        "",
        "+2AA- \\ud800 hi",
        "--X--",
        "",
    ]
    kind = f"multipart/form-data; boundary=X; charset={charset}"
    answer = client.post("/", content="\r\n".join(lines), headers={"content-type": kind})
    assert answer.status_code in (200, 400, 422)
    assert "<textarea" in answer.text


@pytest.mark.parametrize(
    "content", [{"data": {"text": "x" * 300_000}}, {"files": {"text": ("a", b"x" * 9)}}]
)
def test_a_form_that_cannot_be_read_is_answered_with_a_page(
    client: TestClient, content: dict[str, Any]
) -> None:
    answer = client.post("/", **content)
    assert answer.status_code in (400, 413)
    assert "We could not read the form" in answer.text


def test_only_filters_that_were_applied_are_counted(client: TestClient) -> None:
    page = post(client, text=TEXT, utm="1", issues="grief", telehealth="no", max_fee="$1,200")
    assert "Narrow the list (1 chosen)" in page


def test_line_breaks_count_once(client: TestClient) -> None:
    assert "4,00" not in post(client, text="I lie awake\r\n" * 333)


def test_what_is_typed_is_text_and_never_markup(client: TestClient) -> None:
    answer = client.post("/", data={"text": "</textarea><script>alert(1)</script> I can't sleep"})
    assert answer.text.count("<script") == 1  # the page's own
    assert "&lt;script&gt;" in answer.text


def test_a_statement_is_shown_with_its_quotes_marked_and_escaped() -> None:
    text = "One <b>. Two & three."
    quote = Evidence(0, 9, 21, text[9:21], None, "")
    assert marked(text, [quote]) == "One &lt;b&gt;. <mark>Two &amp; three.</mark>"


def test_a_crash_loses_nothing_and_still_says_whom_to_call(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*given: Any, **named: Any) -> None:
        raise RuntimeError("I want to kill myself")

    monkeypatch.setattr("matcher.matching.Query.of", broken)
    answer = client.post("/", data={"text": "I want to kill myself", "state": "WA"})
    assert answer.status_code == 500
    assert answer.text.index('href="tel:988"') < answer.text.index("<form")
    assert "\nI want to kill myself</textarea>" in answer.text
    assert '<option value="WA" selected>' in answer.text
    told = client.post("/v1/match", json={"text": "I want to kill myself"})
    assert told.status_code == 500
    assert told.json()["crisis"]["kind"] == "suicide"
    assert "crisis" not in client.post("/v1/match", json={"text": TEXT}).json()
    assert caplog.text.count("RuntimeError at test_page.py") == 3
    assert "kill" not in caplog.text


@pytest.mark.parametrize("form", [{}, {"max_fee": "x"}, {"do": "count"}])
def test_the_lines_given_are_those_of_the_directorys_country(
    built: Path, form: dict[str, str]
) -> None:
    with TestClient(create(Settings(index=built, country="GB"))) as client:
        page = client.post("/", data={"text": "I want to kill myself", **form}).text
    assert 'href="tel:116123"' in page
    assert page.index('href="tel:116123"') < page.index('href="tel:988"')  # among other countries'


def test_the_first_view_is_small(client: TestClient) -> None:
    parts = ("/", "/static/page.css", "/static/page.js", "/static/icon.svg")
    sizes = [
        len(client.get(part, headers={"accept-encoding": "identity"}).content) for part in parts
    ]
    assert sum(sizes) < 60_000


def test_nothing_is_allowed_that_the_page_does_not_need(client: TestClient) -> None:
    headers = client.post("/", data={"text": TEXT}).headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = dict(
        part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert {p for p, who in policy.items() if who == "'self'"} == {
        "script-src", "style-src", "img-src", "connect-src", "form-action"
    }  # fmt: skip
    assert "set-cookie" not in headers


def test_every_field_has_a_name_that_is_read_aloud(client: TestClient) -> None:
    page = client.get("/").text
    fields = set(re.findall(r'<(?:select|input)[^>]* name="(\w+)"', page)) & set(FIELDS)
    assert len(fields) > 10
    labelled = "".join(re.findall("<label.*?</label>", page, re.S))
    hidden = set(re.findall(r'<input type="hidden" name="(\w+)"', page))
    assert all(f'name="{field}"' in labelled for field in fields - hidden)
