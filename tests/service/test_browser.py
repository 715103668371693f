"""The page as a person uses it, in a real browser: with and without its script, by keyboard alone,
on a small phone, in the dark, and read by a checker for what shuts people out (axe).
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.service.conftest import serving
from tests.small import BOUNDARIES, GRIEF

TEXT = "I can't sleep since my mother died"
WISHING = f"{TEXT}. Evenings please, and not CBT."
DANGER = "my husband hits me and I want to die"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
FAILURES: list[str] = []  # of the page's script
SLOWLY = """() => {
    const real = window.fetch;
    window.fetch = async (...given) => {
        await new Promise((done) => setTimeout(done, 2500));
        return real(...given);
    };
}"""
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        assert not os.environ.get("MATCHER_TESTS_NEED_BROWSER"), f"{CHROMIUM} has to be there"
        pytest.skip(f"needs a browser: install Debian's chromium ({CHROMIUM})")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def _script_without_failures() -> Iterator[None]:
    FAILURES.clear()
    yield
    assert FAILURES == []


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with serving(built) as address:
        yield address


@pytest.fixture(params=[True, False], ids=["with its script", "without a script"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=request.param)
    yield opened(context)
    context.close()


@pytest.fixture
def scripted(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    yield opened(context)
    context.close()


def opened(context: BrowserContext) -> Page:
    context.set_default_timeout(15_000)
    page = context.new_page()
    page.on("pageerror", lambda error: FAILURES.append(str(error)))
    return page


def ask(page: Page, address: str, text: str = TEXT) -> None:
    page.goto(address)
    page.get_by_label("What would you like help with?").fill(text)
    page.get_by_role("button", name="Find therapists").click()
    expect(page.locator("#results")).to_be_visible()


def names(page: Page) -> list[str]:
    return [name.split(" (")[0] for name in page.locator("article h3").all_inner_texts()]


def test_a_person_types_reads_narrows_and_keeps(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    ask(page, address)
    first = page.get_by_role("article").first
    expect(first.get_by_role("heading")).to_contain_text("Greta Holm")
    expect(first.locator("blockquote").first).to_be_visible()
    first.get_by_text("Read the whole statement").first.click()
    expect(first.locator("mark").first).to_be_visible()
    page.locator("#narrow summary").click()
    page.get_by_label("State where you live").select_option("OR")
    page.get_by_label("Taking new clients").check()
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.get_by_role("heading", name="1 of 1 therapist who meets")).to_be_visible()
    expect(page.get_by_label("What would you like help with?")).to_have_value(TEXT)
    page.get_by_role("button", name="Keep").first.click()
    expect(page.get_by_role("heading", name="Your list (1)")).to_be_visible()
    page.get_by_role("button", name="off the list").click()
    expect(page.locator("#list")).to_have_count(0)
    # Nothing of it in an address, and nothing asked of anyone else.
    assert {url.partition("?")[0] for url in asked} == set(asked)
    assert all(url.startswith(address) for url in asked)
    assert page.context.cookies() == []
    assert page.url.rstrip("/") == address


def test_wishes_likes_and_what_was_misread(page: Page, address: str) -> None:
    ask(page, address, WISHING)
    expect(page.get_by_role("article")).to_have_count(5)
    page.get_by_role("button", name="Evenings 1 therapist").click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.get_by_role("button", name="Evenings 1 therapist", pressed=True).click()
    expect(page.get_by_role("article")).to_have_count(5)
    before = names(page)
    page.get_by_role("button", name=f"Not for me {before[0]}").click()
    expect(page.get_by_role("article")).to_have_count(4)
    assert before[0] not in names(page)
    page.get_by_role("button", name="Bring them back").click()
    expect(page.get_by_role("article")).to_have_count(5)
    page.get_by_role("button", name=f"More like this {before[-1]}").click()
    expect(
        page.get_by_role("button", name=f"More like this {before[-1]}", pressed=True)
    ).to_be_visible()
    assert names(page) != before
    page.get_by_role("button", name="Evenings: forget this wish").click()
    expect(page.get_by_role("button", name="Put Evenings back")).to_be_visible()


def test_a_dead_end_says_the_way_out(page: Page, address: str) -> None:
    ask(page, address)
    page.locator("#narrow summary").click()
    page.get_by_label("State where you live").select_option("NV")
    page.get_by_label("Language").select_option("Spanish")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="No one meets all")).to_be_visible()
    page.get_by_role("button", name="Drop “Language”: 1 therapist").click()
    expect(page.get_by_role("article")).to_have_count(1)


def test_the_keyboard_alone_is_enough(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.type(TEXT)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article").first).to_contain_text("Greta Holm")
    keep = page.get_by_role("button", name="Keep Greta Holm")
    for _ in range(40):
        page.keyboard.press("Tab")
        if keep.evaluate("element => element === document.activeElement"):
            break
    else:
        pytest.fail("the way to a card's buttons is too long")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your list (1)")).to_be_visible()


def test_whom_to_call_comes_first_and_is_no_dialog(page: Page, address: str) -> None:
    ask(page, address, DANGER)
    notice = page.get_by_role("alert")
    expect(notice.get_by_role("link", name="call 988")).to_be_visible()
    expect(page.get_by_role("article").first).to_be_visible()
    assert page.get_by_role("dialog").count() == 0
    order = page.locator('[role="alert"], form, article').evaluate_all(
        "found => found.map(element => element.tagName)"
    )
    assert order[:2] == ["SECTION", "FORM"]


def test_the_focus_goes_where_the_answer_is(scripted: Page, address: str) -> None:
    def focused() -> str:
        return str(scripted.evaluate("document.activeElement.id"))

    ask(scripted, address)
    assert focused() == "results"
    expect(scripted.get_by_role("status")).to_have_text("5 of 5 therapists")
    scripted.get_by_role("button", name=f"Keep {names(scripted)[1]}").click()
    expect(scripted.get_by_role("heading", name="Your list (1)")).to_be_visible()
    assert scripted.evaluate("document.activeElement.value").startswith("drop:kept:")
    ask(scripted, address, DANGER)
    assert focused() == "crisis"
    scripted.locator("#narrow summary").click()
    scripted.get_by_label("Near ZIP code").fill("981")
    scripted.get_by_role("button", name="Find therapists").click()
    expect(scripted.locator("#error")).to_contain_text("five digits")
    assert focused() == "zip"


def test_two_quick_presses_both_count(scripted: Page, address: str) -> None:
    ask(scripted, address)
    scripted.evaluate(SLOWLY)
    scripted.get_by_role("button", name=f"Keep {names(scripted)[0]}").click()
    scripted.get_by_role("button", name=f"Keep {names(scripted)[1]}").click()
    expect(scripted.get_by_role("heading", name="Your list (2)")).to_be_visible(timeout=15_000)


def test_a_list_is_gone_with_the_page_unless_it_is_saved(scripted: Page, address: str) -> None:
    def stored() -> int:
        return int(scripted.evaluate("localStorage.length + sessionStorage.length"))

    ask(scripted, address)
    scripted.get_by_role("button", name="Keep Greta Holm").click()
    expect(scripted.locator("#list")).to_be_visible()
    assert stored() == 0
    scripted.goto(address)
    assert scripted.locator("#list").count() == 0
    ask(scripted, address)
    scripted.get_by_role("button", name="Keep Greta Holm").click()
    scripted.get_by_role("button", name="Save it on this device").click()
    expect(scripted.locator("#list-hint")).to_contain_text("saved on this device")
    assert scripted.evaluate("JSON.stringify(localStorage)") == (
        '{"kept-therapists":"[\\"' + GRIEF + '\\"]"}'
    )
    scripted.goto(address)
    expect(scripted.get_by_role("heading", name="Your list (1)")).to_be_visible()
    scripted.get_by_role("button", name="Don’t save it on this device").click()
    assert stored() == 0


def test_a_list_can_be_copied_and_printed(scripted: Page, address: str) -> None:
    ask(scripted, address)
    scripted.get_by_role("button", name="Keep Greta Holm").click()
    scripted.get_by_role("button", name="Copy").click()
    expect(scripted.get_by_role("status")).to_contain_text("Copied")
    copied = scripted.evaluate("navigator.clipboard.readText()")
    assert "Greta Holm" in copied
    assert "https://directory.example/grief" in copied
    assert TEXT not in copied
    scripted.emulate_media(media="print")
    expect(scripted.locator("#list h3")).to_be_visible()
    assert not scripted.get_by_label("What would you like help with?").is_visible()
    assert not scripted.get_by_role("article").first.is_visible()


def test_words_are_not_lost_when_the_site_is_away(scripted: Page, address: str) -> None:
    ask(scripted, address)
    scripted.context.set_offline(True)
    scripted.get_by_label("What would you like help with?").fill(TEXT + " and father")
    scripted.get_by_role("button", name="Find therapists").click()
    expect(scripted.get_by_role("status")).to_contain_text("Your words are still here")
    expect(scripted.get_by_label("What would you like help with?")).to_have_value(
        TEXT + " and father"
    )


def test_what_is_typed_meanwhile_is_not_lost(scripted: Page, address: str) -> None:
    scripted.goto(address)
    scripted.locator("#narrow summary").click()

    scripted.evaluate(SLOWLY)
    scripted.get_by_label("State where you live").select_option("WA")
    scripted.get_by_label("What would you like help with?").fill(TEXT)
    expect(scripted.get_by_role("status")).to_have_text("Looking…")
    expect(scripted.get_by_label("Online sessions (2)")).to_be_visible()
    expect(scripted.get_by_label("What would you like help with?")).to_have_value(TEXT)


def test_a_choice_is_counted_as_it_is_made(scripted: Page, address: str) -> None:
    scripted.goto(address)
    scripted.locator("#narrow summary").click()
    scripted.get_by_label("State where you live").select_option("WA")
    expect(scripted.get_by_label("State where you live").locator("option[value=OR]")).to_have_text(
        "OR (2)"
    )
    expect(scripted.get_by_label("Online sessions (2)")).to_be_visible()
    assert scripted.get_by_role("article").count() == 0
    assert scripted.evaluate("document.activeElement.id") == "state"


def test_leaving_fast_leads_away_and_not_back(scripted: Page, address: str) -> None:
    ask(scripted, address, DANGER)
    scripted.route("https://www.weather.gov/**", lambda route: route.fulfill(body="weather"))
    scripted.get_by_role("link", name="Leave this page fast").click()
    scripted.wait_for_url("https://www.weather.gov/")
    scripted.go_back()
    assert address not in scripted.url


STATES: dict[str, Callable[[Page, str], object]] = {
    "empty": lambda page, address: page.goto(address),
    "results": lambda page, address: ask(page, address, WISHING),
    "in danger": lambda page, address: ask(page, address, DANGER),
    "far from anything": lambda page, address: ask(page, address, "tyres for a 2014 hatchback"),
    "no English": lambda page, address: ask(page, address, "No puedo dormir desde que murió mamá"),
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", [*STATES, "nobody", "mistake", "used"])
def test_nothing_shuts_anyone_out(
    browser: Browser, address: str, state: str, scheme: "str"
) -> None:
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = opened(context)
    if state in STATES:
        STATES[state](page, address)
    else:
        ask(page, address, f"{WISHING} grief")
        page.click("#narrow summary")
    if state == "nobody":
        page.get_by_label("State where you live").select_option("NV")
        page.get_by_label("Language").select_option("Spanish")
        expect(page.get_by_role("heading", name="No one meets")).to_be_visible()
    if state == "mistake":
        page.get_by_label("Near ZIP code").fill("1")
        page.get_by_role("button", name="Find therapists").click()
        expect(page.locator("#error")).to_be_visible()
    if state == "used":
        page.get_by_role("button", name="Grief: take this away").click()
        page.get_by_role("button", name=f"More like this {names(page)[0]}").click()
        page.get_by_role("button", name=f"Not for me {names(page)[-1]}").click()
        page.get_by_role("button", name=f"Keep {names(page)[0]}").click()
        expect(page.locator("#list")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    found = Axe().run(page, options={"runOnly": STANDARDS})
    context.close()
    assert found.response["violations"] == [], found.generate_report()


@pytest.mark.parametrize(
    ("width", "zoom"), [(320, 1), (1280, 2), (1280, 4)], ids=["320 px", "200 %", "400 %"]
)
def test_nothing_has_to_be_scrolled_sideways(
    browser: Browser, address: str, width: int, zoom: int
) -> None:
    context = browser.new_context(viewport={"width": width // zoom, "height": 640})
    page = opened(context)
    ask(page, address, f"{WISHING} my husband hits me {'w' * 300}")
    page.get_by_role("button", name=f"Keep {names(page)[0]}").click()
    expect(page.locator("#list")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width // zoom
    # Targets are large enough for a thumb (WCAG 2.2, 2.5.8).
    for box in page.locator("button:visible, summary:visible, select:visible").all():
        size = box.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 24
    context.close()


def test_motion_is_spared_whom_it_troubles(browser: Browser, address: str) -> None:
    context = browser.new_context(reduced_motion="reduce")
    page = opened(context)
    ask(page, address)
    page.evaluate("() => { document.startViewTransition = () => { throw new Error('moved') } }")
    page.get_by_role("button", name=f"More like this {names(page)[1]}").click()
    expect(page.locator('button[aria-pressed="true"]')).to_have_count(1)
    context.close()


def test_ids_of_a_device_that_no_longer_exist_do_no_harm(scripted: Page, address: str) -> None:
    scripted.goto(address)
    scripted.evaluate(f"localStorage.setItem('kept-therapists', '[\"gone\", \"{BOUNDARIES}\"]')")
    scripted.reload()
    expect(scripted.get_by_role("heading", name="Your list (1)")).to_be_visible()
    scripted.evaluate("localStorage.setItem('kept-therapists', '{nonsense')")
    scripted.reload()
    ask(scripted, address)
