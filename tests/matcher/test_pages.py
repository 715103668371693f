import html
from collections import Counter
from pathlib import Path

import pytest

from index.errors import BadInput
from matcher.pages import Entry, Page, read_page, same_person
from matcher.signatures import Signature

SHARED = Path(__file__).resolve().parents[3] / "shared"
REAL_PAGE = SHARED / "pages" / "relational-therapy.txt"

ABOUT = (
    "Lantern therapy treats a dark season of life as a night walk: nobody can shorten it, "
    "but two people with one light stumble less than one without."
)
TEXT_PAGE = f"""\
Lantern Therapy

{ABOUT}

Need help finding the right guide?
Find Your Guide

Meet the specialists


I walk beside people who grieve.

— Orla  Fenwick, Family Therapist in Salt Lake City, UT

Read more

Nights are long when you are worried.

I teach small habits that shorten them & make mornings "lighter".

— Ivo Marsh, PhD, Psychoanalyst in NY, NY
View Profile

quiet rooms are my trade.

— winter lo, Counselor Candidate
"""
HTML_PAGE = f"""\
<!doctype html>
<html>
<head><title>Lantern Therapy - Guides</title><style>p {{ color: red }}</style></head>
<body>
<nav><ul><li><a href="/">Home</a></li><li>About the people behind these pages</li></ul></nav>
<script>document.write("I am no statement.")</script>
<main>
<h1>Lantern Therapy</h1>
<p>{ABOUT}</p>
<div>Need help finding the right guide? <button>Find Your Guide</button></div>
<h2>Meet the specialists</h2>
<!-- I am no statement either. -->
<blockquote>I walk beside people who <em>grieve</em>.</blockquote>
<cite>&mdash; Orla&nbsp; <b>Fenwick</b>, Family
  Therapist in Salt Lake City, UT</cite>
<p><a href="/orla">Read more</a></p>
<div><p>Nights are long when you are worried.</p>
<p>I teach small habits that shorten them &amp; make
mornings &quot;lighter&quot;.</p></div>
<p>— Ivo Marsh, PhD, Psychoanalyst in NY, NY<br>View Profile</p>
<p>quiet rooms are my trade.<br>— winter lo, Counselor Candidate</p>
</main>
<form><p>I would like to write to a guide.</p></form>
<footer><p>I am the last line of every page here.</p></footer>
</body>
</html>
"""
SIGNED = [
    ("I walk beside people who grieve.", "Orla Fenwick"),
    (
        "Nights are long when you are worried.\n\n"
        'I teach small habits that shorten them & make mornings "lighter".',
        "Ivo Marsh",
    ),
    ("quiet rooms are my trade.", "winter lo"),
]
MARSH = Signature("Ivo Marsh", (), "Analyst", "Erie", "PA")
SIGNATURE = "— Ivo Marsh, Analyst in Erie, PA"


def saved(folder: Path, content: str, name: str = "page.txt") -> Path:
    path = folder / name
    path.write_text(content, "utf-8")
    return path


def below_heading(folder: Path, *paragraphs: str) -> Page:
    """Read a page whose paragraphs after the introduction stand on lines 7, 9, 11 …"""
    lines = ["Lantern Therapy", ABOUT, "Meet the specialists", *paragraphs]
    return read_page(saved(folder, "\n\n".join(lines) + "\n"))


def passed(text: str) -> str:
    return f"passed over, since it reads as navigation: “{text}”"


def signed(page: Page) -> list[tuple[str, str]]:
    return [(entry.text, entry.signature.name) for entry in page.entries]


def test_a_text_page_is_read_whole(tmp_path: Path) -> None:
    assert read_page(saved(tmp_path, TEXT_PAGE)) == Page(
        "Lantern Therapy",
        ABOUT,
        (
            Entry(
                11,
                SIGNED[0][0],
                Signature("Orla Fenwick", (), "Family Therapist", "Salt Lake City", "UT"),
            ),
            Entry(
                17,
                SIGNED[1][0],
                Signature("Ivo Marsh", ("PhD",), "Psychoanalyst", "NY", "NY"),
            ),
            Entry(24, SIGNED[2][0], Signature("winter lo", (), "Counselor Candidate")),
        ),
        (
            (5, passed("Need help finding the right guide?")),
            (6, passed("Find Your Guide")),
            (8, passed("Meet the specialists")),
            (15, passed("Read more")),
            (22, passed("View Profile")),
        ),
    )


def test_html_gives_what_the_text_gives(tmp_path: Path) -> None:
    text = read_page(saved(tmp_path, TEXT_PAGE))
    page = read_page(saved(tmp_path, HTML_PAGE, "page.html"))
    assert (page.approach, page.description) == (text.approach, text.description)
    assert signed(page) == SIGNED
    assert [e.signature for e in page.entries] == [e.signature for e in text.entries]


def test_html_is_told_with_its_own_line_numbers(tmp_path: Path) -> None:
    page = read_page(saved(tmp_path, HTML_PAGE, "page.html"))
    assert [entry.line for entry in page.entries] == [13, 17, 21]
    assert page.notes == (
        (10, passed("Need help finding the right guide?")),
        (11, passed("Meet the specialists")),
        (16, passed("Read more")),
        (20, passed("View Profile")),
    )


def test_html_is_known_by_its_content(tmp_path: Path) -> None:
    assert signed(read_page(saved(tmp_path, HTML_PAGE, "page.txt"))) == SIGNED


def test_html_on_one_line_still_tells_what_it_passed_over(tmp_path: Path) -> None:
    content = f"<p>Home</p><p>Lantern Therapy</p><p>{ABOUT}</p><p>Meet the specialists</p>"
    content += f"<p>I listen.</p><p>{SIGNATURE}</p>"
    assert read_page(saved(tmp_path, content)) == Page(
        "Lantern Therapy",
        ABOUT,
        (Entry(1, "I listen.", MARSH),),
        ((1, passed("Home")), (1, passed("Meet the specialists"))),
    )


@pytest.mark.parametrize(
    ("ending", "text"),
    [
        ("listen\x1e.", "I listen."),
        ("listen\x1f.", "I listen."),
        ("listen&#31;.", "I listen ."),
        ("listen.&#x1e;I stay.", "I listen.\n\nI stay."),
    ],
)
def test_control_characters_in_html_do_no_harm(tmp_path: Path, ending: str, text: str) -> None:
    content = f"<p>Lantern Therapy</p>\n<p>{ABOUT}</p>\n<p>Meet the specialists</p>\n"
    content += f"<p>I {ending}</p>\n<p>{SIGNATURE}</p>"
    assert read_page(saved(tmp_path, content)).entries == (Entry(4, text, MARSH),)


def test_a_byte_order_mark_and_windows_line_ends_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT_PAGE.replace("\n", "\r\n").encode())
    assert read_page(path) == read_page(saved(tmp_path, TEXT_PAGE, "plain.txt"))


def test_navigation_before_the_name_is_passed_over(tmp_path: Path) -> None:
    page = read_page(saved(tmp_path, f"Home\nLantern House\nOur way of work.\n{TEXT_PAGE}"))
    assert (page.approach, page.description) == ("Lantern Therapy", ABOUT)
    assert signed(page) == SIGNED
    assert page.notes[:3] == (
        (1, passed("Home")),
        (2, passed("Lantern House")),
        (3, passed("Our way of work.")),
    )


def test_a_short_description_is_a_description(tmp_path: Path) -> None:
    content = f"Lantern Therapy\nIt brings light.\nMeet the specialists\n{ABOUT}\n{SIGNATURE}\n"
    assert read_page(saved(tmp_path, content)) == Page(
        "Lantern Therapy",
        "It brings light.",
        (Entry(4, ABOUT, MARSH),),
        ((3, passed("Meet the specialists")),),
    )


def test_a_description_may_have_several_paragraphs_and_a_heading(tmp_path: Path) -> None:
    more = "Most people come once a week for half a year."
    content = f"Lantern Therapy\n{ABOUT}\nWhat To Expect\n{more}\nMeet the specialists\n"
    assert read_page(saved(tmp_path, content + f"I listen.\n{SIGNATURE}\n")) == Page(
        "Lantern Therapy",
        f"{ABOUT}\n\n{more}",
        (Entry(6, "I listen.", MARSH),),
        ((3, passed("What To Expect")), (5, passed("Meet the specialists"))),
    )


def test_without_a_heading_the_description_is_one_paragraph(tmp_path: Path) -> None:
    content = f"Lantern Therapy\n{ABOUT}\nI listen.\n{SIGNATURE}\n"
    assert read_page(saved(tmp_path, content)) == Page(
        "Lantern Therapy", ABOUT, (Entry(3, "I listen.", MARSH),), ()
    )


def test_without_a_heading_a_short_description_ends_before_a_long_statement(
    tmp_path: Path,
) -> None:
    content = f"Lantern Therapy\nIt brings light.\n{ABOUT}\n{SIGNATURE}\n"
    assert read_page(saved(tmp_path, content)) == Page(
        "Lantern Therapy", "It brings light.", (Entry(3, ABOUT, MARSH),), ()
    )


def test_without_a_heading_navigation_ends_the_description(tmp_path: Path) -> None:
    content = f"Lantern Therapy\n{ABOUT}\nIt brings light.\nFind Your Guide\nI listen.\n"
    assert read_page(saved(tmp_path, content + SIGNATURE)) == Page(
        "Lantern Therapy",
        f"{ABOUT}\n\nIt brings light.",
        (Entry(5, "I listen.", MARSH),),
        ((4, passed("Find Your Guide")),),
    )


def test_an_approach_may_be_named_like_a_button(tmp_path: Path) -> None:
    content = f"Home-Based Therapy\n{ABOUT}\nMeet the specialists\nI listen.\n{SIGNATURE}\n"
    assert read_page(saved(tmp_path, content)).approach == "Home-Based Therapy"


@pytest.mark.parametrize(
    "line", ["View Profile", "Load more", "Need help?", "1 2 3 Next", "More Lantern Guides"]
)
def test_navigation_between_statements_is_no_statement(tmp_path: Path, line: str) -> None:
    page = below_heading(tmp_path, "I listen.", SIGNATURE, line, "Me too.", "— Bea Tull")
    assert signed(page) == [("I listen.", "Ivo Marsh"), ("Me too.", "Bea Tull")]
    assert page.notes[1:] == ((11, passed(line)),)


@pytest.mark.parametrize(
    "line",
    [
        "Call me",
        "Learn to rest again.",
        "I train therapists.",
        "Training other therapists is a joy.",
        "Rest Is A Right!",
        "how are you?",
    ],
)
def test_a_short_sentence_is_a_statement(tmp_path: Path, line: str) -> None:
    page = below_heading(tmp_path, "I listen.", "— Bea Tull", line, SIGNATURE)
    assert page.entries[1:] == (Entry(11, line, MARSH),)


def test_a_statement_keeps_a_paragraph_that_begins_with_a_dash(tmp_path: Path) -> None:
    page = below_heading(tmp_path, "I listen.", "— and I stay.", SIGNATURE)
    assert page.entries == (Entry(7, "I listen.\n\n— and I stay.", MARSH),)


def test_a_statement_without_a_signature_at_the_end_is_told(tmp_path: Path) -> None:
    page = below_heading(tmp_path, "I listen.", SIGNATURE, "I stay.", "Always.", "Next page")
    assert page.entries == (Entry(7, "I listen.", MARSH),)
    assert page.notes[1:] == (
        (11, "no name follows this text: not taken"),
        (15, passed("Next page")),
    )


def test_a_signature_without_a_statement_is_told(tmp_path: Path) -> None:
    page = below_heading(tmp_path, "I listen.", SIGNATURE, "— Bea Tull", "I stay.", "— Noor Adeyo")
    assert signed(page) == [("I listen.", "Ivo Marsh"), ("I stay.", "Noor Adeyo")]
    assert page.notes[1:] == ((11, "no statement stands before this name: not taken"),)


def test_a_signature_without_a_name_costs_its_own_statement_only(tmp_path: Path) -> None:
    page = below_heading(tmp_path, "I stay.", "— , Counselor in Bath, ME", "I listen.", SIGNATURE)
    assert page.entries == (Entry(11, "I listen.", MARSH),)
    assert page.notes[1:] == ((9, "no name stands in this line: its statement is not taken"),)


def test_an_unknown_state_is_told_with_its_line(tmp_path: Path) -> None:
    page = below_heading(tmp_path, "I listen.", "— Ivo Marsh, Analyst in Erie, ZZ")
    doubt = "the state ZZ is unknown: left out"
    assert page.entries == (
        Entry(7, "I listen.", Signature("Ivo Marsh", (), "Analyst", "Erie", None, (doubt,))),
    )
    assert page.notes[1:] == ((9, doubt),)


def test_a_page_without_any_signature_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, f"Lantern Therapy\n\n{ABOUT}\n\nI listen.\n")
    with pytest.raises(BadInput) as caught:
        read_page(path)
    assert str(caught.value) == (
        f"{path}: no line such as “— Name, Title in City, ST” stands in this page"
    )


def test_an_empty_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no line such as"):
        read_page(saved(tmp_path, ""))


@pytest.mark.parametrize("before", ["", "I listen.\n", "Meet the specialists\nI listen.\n"])
def test_a_page_without_an_approach_is_refused(tmp_path: Path, before: str) -> None:
    path = saved(tmp_path, f"{before}{SIGNATURE}\n")
    with pytest.raises(BadInput) as caught:
        read_page(path)
    assert str(caught.value) == f"{path}: no approach's name stands before the first statement"


def test_a_missing_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none.txt"
    with pytest.raises(BadInput) as caught:
        read_page(path)
    assert str(caught.value) == f"{path} can't be read: No such file or directory"


def test_a_page_that_is_not_utf_8_is_refused_with_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(b"Caf\xe9")
    with pytest.raises(BadInput) as caught:
        read_page(path)
    assert str(caught.value) == f"{path} is not UTF-8 at byte 4: save it as UTF-8"


def test_a_person_on_two_pages_is_one_person() -> None:
    here = Entry(7, "I listen.", MARSH)
    there = Entry(9, "I stay.", Signature("ivo  MARSH", ("PhD",), "Psychologist", "Erie", "PA"))
    other = Entry(11, "I sing.", Signature("Ivo Marsh", (), "Analyst", "Bath", "ME"))
    lantern = Page("Lantern Therapy", ABOUT, (here,), ())
    tide = Page("Tide Therapy", "It comes back.", (other, there), ())
    assert same_person([lantern, tide]) == {
        MARSH.id: [(lantern, here), (tide, there)],
        other.signature.id: [(tide, other)],
    }
    assert list(same_person([tide, lantern])) == [other.signature.id, MARSH.id]


def as_html(text: str) -> str:
    """The same page as a site would send it, between menus and scripts."""
    paragraphs = [html.escape(" ".join(x.split())) for x in text.split("\n") if x.strip()]
    body = "\n".join(f'<div class="row"><p>{paragraph}</p></div>' for paragraph in paragraphs)
    return (
        "<!doctype html><html><head><title>Guides</title></head><body>"
        "<nav><p>Everything that you may look for on this site</p></nav>"
        f"<script>track('<p>I am no statement.</p>')</script><main>{body}</main>"
        "<footer><p>I am the last line of every page here.</p></footer></body></html>"
    )


def test_the_real_page_is_read_as_a_person_reads_it(tmp_path: Path) -> None:
    if not REAL_PAGE.is_file():
        pytest.skip("the real page is not beside the repository: shared/pages is missing")
    page = read_page(REAL_PAGE)
    signatures = [entry.signature for entry in page.entries]
    by_name = {s.name: s for s in signatures}
    family = "Marriage & Family Therapist"
    assert page.approach == "Relational Therapy"
    assert [s.name for s in signatures] == [
        "Diamond Rodgers",
        "Nicole Ciavarella",
        "TESSA SINCLAIR",
        "Margaret Certain",
        "Rebecca Newton",
        "Nicole Bermensolo",
        "Dr. Luana Bessa",
        "Jimena Castro",
        "Celine Williams",
        "Rafe Stepto",
        "Luke Hirst",
        "Kelly Edwards",
        "Joseph Winn",
        "summer koo",
        "Daniel Pagano",
        "Dr. Desiree Howell",
    ]
    for expected in (
        Signature("Diamond Rodgers", (), f"Licensed {family}", "Las Vegas", "NV"),
        Signature("Nicole Ciavarella", (), "Student Therapist", "White Bear Lake", "MN"),
        Signature("TESSA SINCLAIR", (), family, "San Francisco", "CA"),
        Signature("Margaret Certain", (), family, "Seattle", "WA"),
        Signature("Dr. Luana Bessa", (), "Psychologist", "Boston", "MA"),
        Signature("Jimena Castro", (), f"Licensed {family}"),
        Signature("Luke Hirst", (), "Licensed Clinical Social Worker - Candidate", "Durham", "NC"),
        Signature("summer koo", (), "Licensed Professional Counselor Candidate"),
        Signature("Daniel Pagano", ("PhD",), "Psychoanalyst", "NY", "NY"),
    ):
        assert by_name[expected.name] == expected
    states = {"CA": 4, "MA": 2, None: 2, "NV": 1, "MN": 1, "WA": 1, "NY": 2}
    assert Counter(s.state for s in signatures) == states | {"NC": 1, "TX": 1, "GA": 1}
    assert [line for line, _ in page.notes] == [5, 6, 8]
    as_site = read_page(saved(tmp_path, as_html(REAL_PAGE.read_text("utf-8")), "page.html"))
    assert (as_site.approach, as_site.description) == (page.approach, page.description)
    assert [(e.text, e.signature) for e in as_site.entries] == [
        (e.text, e.signature) for e in page.entries
    ]


def test_the_real_page_loses_no_text() -> None:
    if not REAL_PAGE.is_file():
        pytest.skip("the real page is not beside the repository: shared/pages is missing")
    page = read_page(REAL_PAGE)
    lines = [" ".join(x.split()) for x in REAL_PAGE.read_text("utf-8").split("\n") if x.strip()]
    passed_over = {5, 6, 8}
    said = [page.approach, page.description, *(entry.text for entry in page.entries)]
    assert len(lines) == len(said) + len(page.entries) + len(passed_over)
    assert [line for line in lines if line in said] == said
