import html
import json
from pathlib import Path

from matcher.directory import read_directory
from matcher.imports import approach_records, directory_records
from matcher.pages import Entry, Page, read_page
from matcher.signatures import Signature
from matcher.taxonomy import Taxonomy, Topic

TAXONOMY = Taxonomy(
    {},
    {
        "lantern": Topic("lantern", "Lantern Therapy", ("lantern work",)),
        "tide": Topic("tide", "Tide Therapy"),
    },
)
LANTERN_PAGE = """\
Lantern Therapy

It brings a light to dark seasons.

Meet the specialists

I walk beside people who grieve.

— Orla  Fenwick, PhD, Family Therapist in Salt Lake City, UT

Nights are long & quiet.

I stay for all of them.

— winter lo, Counselor in ,
"""
TIDE_PAGE = """\
Tide Therapy

It waits for what comes back.

Meet the specialists

Grief returns; so do I.

— ORLA FENWICK, LMFT, Marriage Counselor in Salt Lake City, UT
"""
FENWICK = Signature("Orla Fenwick", city="Salt Lake City", state="UT").id
LO = Signature("winter lo").id


def pages(folder: Path, *contents: str) -> list[Page]:
    paths = [folder / f"{number}.txt" for number in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(content, "utf-8")
    return [read_page(path) for path in paths]


def stated(approach: str, text: str, signature: Signature) -> Page:
    return Page(approach, "About it.", (Entry(7, text, signature),), ())


def test_a_page_becomes_directory_records(tmp_path: Path) -> None:
    assert directory_records(pages(tmp_path, LANTERN_PAGE), TAXONOMY) == [
        {
            "id": FENWICK,
            "name": "Orla Fenwick",
            "title": "Family Therapist",
            "credentials": ["PhD"],
            "city": "Salt Lake City",
            "state": "UT",
            "approaches": ["lantern"],
            "statements": [{"about": "lantern", "text": "I walk beside people who grieve."}],
        },
        {
            "id": LO,
            "name": "winter lo",
            "title": "Counselor",
            "approaches": ["lantern"],
            "statements": [
                {"about": "lantern", "text": "Nights are long & quiet.\n\nI stay for all of them."}
            ],
        },
    ]


def test_html_becomes_the_same_records(tmp_path: Path) -> None:
    paragraphs = [f"<p>{html.escape(x)}</p>" for x in LANTERN_PAGE.split("\n\n")]
    site = f"<nav>Home</nav><body>{''.join(paragraphs)}</body><footer>Imprint</footer>"
    text, page = pages(tmp_path, LANTERN_PAGE, site)
    assert directory_records([page], TAXONOMY) == directory_records([text], TAXONOMY)
    assert approach_records([page], TAXONOMY) == approach_records([text], TAXONOMY)


def test_a_person_on_two_pages_is_one_record_with_two_statements(tmp_path: Path) -> None:
    records = directory_records(pages(tmp_path, LANTERN_PAGE, TIDE_PAGE), TAXONOMY)
    assert [record["id"] for record in records] == [FENWICK, LO]
    assert records[0] == {
        "id": FENWICK,
        "name": "Orla Fenwick",
        "title": "Family Therapist",
        "credentials": ["PhD", "LMFT"],
        "city": "Salt Lake City",
        "state": "UT",
        "approaches": ["lantern", "tide"],
        "statements": [
            {"about": "lantern", "text": "I walk beside people who grieve."},
            {"about": "tide", "text": "Grief returns; so do I."},
        ],
    }


def test_people_of_one_name_in_two_cities_are_two_records() -> None:
    bath = stated("Tide Therapy", "I sing.", Signature("Bea Tull", (), None, "Bath", "ME"))
    erie = stated("Tide Therapy", "I sing.", Signature("Bea Tull", (), None, "Erie", "PA"))
    assert [r["city"] for r in directory_records([bath, erie], TAXONOMY)] == ["Bath", "Erie"]


def test_a_page_given_twice_says_nothing_twice(tmp_path: Path) -> None:
    once = directory_records(pages(tmp_path, LANTERN_PAGE), TAXONOMY)
    assert directory_records(pages(tmp_path, LANTERN_PAGE, LANTERN_PAGE), TAXONOMY) == once


def test_a_title_is_taken_from_the_first_page_that_has_one() -> None:
    without = stated("Lantern Therapy", "I listen.", Signature("Bea Tull"))
    titled = stated("Tide Therapy", "I stay.", Signature("Bea Tull", (), "Counselor"))
    assert directory_records([without, titled], TAXONOMY)[0]["title"] == "Counselor"


def test_an_approach_is_named_by_its_slug_where_a_synonym_is_known() -> None:
    page = stated("Lantern  Work", "I listen.", Signature("Bea Tull"))
    assert directory_records([page], TAXONOMY) == [
        {
            "id": Signature("Bea Tull").id,
            "name": "Bea Tull",
            "approaches": ["lantern"],
            "statements": [{"about": "lantern", "text": "I listen."}],
        }
    ]


def test_an_unknown_approach_is_its_own_name_in_lower_case() -> None:
    page = stated("Kite Therapy", "I listen.", Signature("Bea Tull"))
    assert directory_records([page], TAXONOMY)[0]["approaches"] == ["kite therapy"]


def test_approaches_keep_their_own_names_and_descriptions(tmp_path: Path) -> None:
    assert approach_records(pages(tmp_path, LANTERN_PAGE, TIDE_PAGE), TAXONOMY) == [
        {
            "slug": "lantern",
            "name": "Lantern Therapy",
            "description": "It brings a light to dark seasons.",
        },
        {
            "slug": "tide",
            "name": "Tide Therapy",
            "description": "It waits for what comes back.",
        },
    ]


def test_an_approach_on_two_pages_is_described_once() -> None:
    first = stated("lantern therapy", "I listen.", Signature("Bea Tull"))
    second = stated("Lantern Therapy", "I stay.", Signature("Noor Adeyo"))
    assert approach_records([first, second], TAXONOMY) == [
        {"slug": "lantern", "name": "Lantern Therapy", "description": "About it."}
    ]


def test_the_records_are_a_directory_without_problems(tmp_path: Path) -> None:
    records = directory_records(pages(tmp_path, LANTERN_PAGE, TIDE_PAGE), Taxonomy.packaged())
    path = tmp_path / "directory.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    directory = read_directory(path)
    assert directory.problems == ()
    assert {(t.id, len(t.statements)) for t in directory.therapists} == {(FENWICK, 2), (LO, 1)}
