"""The page: what it says without a browser, then the whole path in a real one."""

import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, Page, sync_playwright

from matcher.evidence import Evidence
from service.cards import marked
from tests.service.conftest import serving

TEXT = "I can't sleep since my mother died"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def post(client: TestClient, **form: str) -> str:
    answer = client.post("/", data=form)
    assert answer.status_code == 200
    return unescape(answer.text)


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
    first = page.split("<article>")[1]
    for told in (
        "Greta Holm",
        "Psychologist · Seattle, WA · online sessions",
        "Taking new clients",
        "$100 to $150 a session",
        "Aetna",
        f"You wrote: “{TEXT}”",
        "The whole statement on Sleep",
        'href="https://directory.example/grief"',
    ):
        assert told in re.sub(r"\s+", " ", first)
    quote = re.search("<blockquote>(.*?)</blockquote>", first)
    assert quote is not None
    assert f"<mark>{quote[1]}</mark>" in first


def test_the_form_comes_back_as_it_was_sent(client: TestClient) -> None:
    page = post(client, text=TEXT, state="WA", telehealth="yes", max_fee="$140", times="evenings")
    assert f"\n{TEXT}</textarea>" in page
    assert "<option selected>WA</option>" in page
    assert "1 of 1 therapist who meet your choices" in page
    assert "Narrow the list (4 chosen)" in page


def test_nobody_left_is_said_with_what_to_do(client: TestClient) -> None:
    page = post(client, text=TEXT, state="NV", languages="Spanish")
    assert "Nobody meets all of these choices" in page
    assert "Take\n      one choice away" in page


@pytest.mark.parametrize("form", [{"max_fee": "x"}, {"zip": "1"}, {"text": "x" * 4000}])
def test_danger_is_met_even_where_the_form_has_a_mistake(
    client: TestClient, form: dict[str, str]
) -> None:
    text = "I want to kill myself " + form.pop("text", "")
    answer = client.post("/", data={"text": text} | form)
    assert answer.status_code == 422
    assert 'href="tel:988"' in answer.text
    assert "<details open>" in answer.text


def test_a_poor_fit_is_said_kindly(client: TestClient) -> None:
    assert "None of these fits closely" in post(client, text="tyres for a 2014 hatchback")


def test_danger_is_met_first_and_beside_the_matches(client: TestClient) -> None:
    page = post(client, text="my husband hits me and I want to die")
    assert page.index('role="alert"') < page.index("<form") < page.index("<article>")
    for told in ('href="tel:988"', 'href="tel:18007997233"', "HOME to 741741"):
        assert told in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"text": ""}, "The text is empty"),
        ({}, "The text is empty"),
        ({"text": "x" * 4001}, "4,001 characters"),
        ({"text": "a\x00b"}, "control characters"),
        ({"text": TEXT, "max_fee": "cheap"}, "The highest fee must be a number"),
        ({"text": TEXT, "max_fee": "-1"}, "The highest fee must be 0 or more"),
        ({"text": TEXT, "max_fee": "nan"}, "The highest fee must be a number"),
        ({"text": TEXT, "max_fee": "1_0"}, "The highest fee must be a number"),
        ({"text": TEXT, "zip": "9810"}, "five digits"),
        ({"text": TEXT, "zip": "98101", "miles": "0"}, "above 0"),
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
    assert "The form could not be read" in answer.text


def test_only_filters_that_were_applied_are_counted(client: TestClient) -> None:
    page = post(client, text=TEXT, utm="1", issues="grief", telehealth="no", max_fee="$1,200")
    assert "Narrow the list (1 chosen)" in page


def test_line_breaks_count_once(client: TestClient) -> None:
    assert "4,00" not in post(client, text="I lie awake\r\n" * 333)


def test_what_is_typed_is_text_and_never_markup(client: TestClient) -> None:
    answer = client.post("/", data={"text": "</textarea><script>alert(1)</script> I can't sleep"})
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_statement_is_shown_with_its_quotes_marked_and_escaped() -> None:
    text = "One <b>. Two & three."
    quote = Evidence(0, 9, 21, text[9:21], None, "")
    assert marked(text, [quote]) == "One &lt;b&gt;. <mark>Two &amp; three.</mark>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        assert not os.environ.get("MATCHER_TESTS_NEED_BROWSER"), f"{CHROMIUM} has to be there"
        pytest.skip(f"needs a browser: install Debian's chromium ({CHROMIUM})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with serving(built) as address:
        yield address


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_a_person_types_reads_and_narrows(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_label("What would you like help with?").fill(TEXT)
    page.get_by_role("button", name="Find therapists").click()
    first = page.get_by_role("article").first
    assert first.get_by_role("heading").inner_text().startswith("Greta Holm")
    first.get_by_text("The whole statement on").click()
    assert first.locator("mark").first.is_visible()
    page.get_by_text("Narrow the list").click()
    page.get_by_label("State where you live").select_option("OR")
    page.get_by_label("Taking new clients").check()
    page.get_by_role("button", name="Apply").click()
    assert page.get_by_role("article").count() == 1
    assert page.get_by_label("What would you like help with?").input_value() == TEXT
    # Nothing of it in an address, and nothing asked of anyone else.
    assert {url.partition("?")[0] for url in asked} == set(asked)
    assert all(url.startswith(address) for url in asked)
    assert page.context.cookies() == []


def test_the_keyboard_alone_is_enough(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.type(TEXT)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("article").first.wait_for()
    assert "Greta Holm" in page.get_by_role("article").first.inner_text()


def test_a_small_phone_needs_no_sideways_scrolling(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(address)
    page.get_by_label("What would you like help with?").fill("my husband hits me " + "w" * 300)
    page.get_by_role("button", name="Find therapists").click()
    page.get_by_role("article").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
