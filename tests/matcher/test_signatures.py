import pytest

from matcher.signatures import Signature


def test_name_title_city_and_state_are_read() -> None:
    assert Signature.read("— Orla Fenwick, Family Therapist in Salt Lake City, UT") == Signature(
        "Orla Fenwick", (), "Family Therapist", "Salt Lake City", "UT"
    )


def test_two_spaces_inside_a_name_become_one() -> None:
    assert Signature.read("— Orla  Fenwick, Counselor in Reno, NV") == Signature(
        "Orla Fenwick", (), "Counselor", "Reno", "NV"
    )


def test_a_no_break_space_counts_as_a_space() -> None:
    assert Signature.read("— Orla\u00a0 Fenwick, Counselor in Reno, NV") == Signature(
        "Orla Fenwick", (), "Counselor", "Reno", "NV"
    )


def test_a_degree_after_the_name_is_a_credential() -> None:
    assert Signature.read("— Ivo Marsh, PhD, Psychoanalyst in NY, NY") == Signature(
        "Ivo Marsh", ("PhD",), "Psychoanalyst", "NY", "NY"
    )


@pytest.mark.parametrize("degree", ["Ph.D.", "Psy.D.", "M.A.", "LMFT", "LCSW-C", "EdD", "MSEd"])
def test_degrees_are_known_however_they_are_written(degree: str) -> None:
    assert Signature.read(f"— Ivo Marsh, {degree}, Analyst in Erie, PA") == Signature(
        "Ivo Marsh", (degree,), "Analyst", "Erie", "PA"
    )


def test_several_degrees_keep_their_order() -> None:
    assert Signature.read("— Ivo Marsh, PsyD, LMFT, Analyst in Erie, PA") == Signature(
        "Ivo Marsh", ("PsyD", "LMFT"), "Analyst", "Erie", "PA"
    )


def test_a_degree_alone_is_no_title() -> None:
    assert Signature.read("— Ivo Marsh, LMFT in Erie, PA") == Signature(
        "Ivo Marsh", ("LMFT",), None, "Erie", "PA"
    )


def test_a_one_word_title_is_no_degree() -> None:
    assert Signature.read("— Ivo Marsh, Psychologist in Erie, PA") == Signature(
        "Ivo Marsh", (), "Psychologist", "Erie", "PA"
    )


def test_a_dash_belongs_to_the_title() -> None:
    assert Signature.read(
        "— Bea Tull, Clinical Social Worker - Candidate in Bath, ME"
    ) == Signature("Bea Tull", (), "Clinical Social Worker - Candidate", "Bath", "ME")


def test_a_title_may_hold_a_comma() -> None:
    assert Signature.read("— Bea Tull, Counselor, Intern in Bath, ME") == Signature(
        "Bea Tull", (), "Counselor, Intern", "Bath", "ME"
    )


def test_the_last_in_begins_the_place() -> None:
    assert Signature.read("— Bea Tull, Specialist in Grief in Bath, ME") == Signature(
        "Bea Tull", (), "Specialist in Grief", "Bath", "ME"
    )


def test_an_in_with_nothing_but_a_comma_gives_no_place() -> None:
    assert Signature.read("— Noor Adeyo, Marriage Counselor in ,") == Signature(
        "Noor Adeyo", (), "Marriage Counselor"
    )


def test_a_state_may_stand_without_a_city() -> None:
    assert Signature.read("— Noor Adeyo, Counselor in , OR") == Signature(
        "Noor Adeyo", (), "Counselor", None, "OR"
    )


def test_a_city_may_stand_without_a_state() -> None:
    assert Signature.read("— Noor Adeyo, Counselor in Salem,") == Signature(
        "Noor Adeyo", (), "Counselor", "Salem", None
    )


def test_a_title_without_a_place_is_kept() -> None:
    assert Signature.read("— Noor Adeyo, Counselor Candidate") == Signature(
        "Noor Adeyo", (), "Counselor Candidate"
    )


def test_a_name_may_stand_alone() -> None:
    assert Signature.read("— Noor Adeyo") == Signature("Noor Adeyo")


def test_a_lower_case_name_stays_as_written() -> None:
    assert Signature.read("— winter lo, Counselor") == Signature("winter lo", (), "Counselor")


def test_an_upper_case_name_stays_as_written() -> None:
    assert Signature.read("— WINTER LO, Counselor") == Signature("WINTER LO", (), "Counselor")


def test_a_lower_case_state_is_written_large() -> None:
    assert Signature.read("— Noor Adeyo, Counselor in Salem, or") == Signature(
        "Noor Adeyo", (), "Counselor", "Salem", "OR"
    )


def test_an_unknown_state_is_left_out_and_told() -> None:
    assert Signature.read("— Noor Adeyo, Counselor in Salem, ZZ") == Signature(
        "Noor Adeyo",
        (),
        "Counselor",
        "Salem",
        None,
        ("the state ZZ is unknown: left out",),
    )


@pytest.mark.parametrize("title", ["Counselor in Salem", "Counselor in Salem, Oregon"])
def test_a_place_that_cannot_be_read_stays_in_the_title_and_is_told(title: str) -> None:
    assert Signature.read(f"— Noor Adeyo, {title}") == Signature(
        "Noor Adeyo",
        title=title,
        doubts=(f"no place could be read from “{title}”: kept as the title",),
    )


@pytest.mark.parametrize("dash", ["—", "–", "―", "--", "—  "])
def test_any_long_dash_begins_a_signature(dash: str) -> None:
    assert Signature.read(f"{dash} Noor Adeyo, Counselor in Salem, OR") == Signature(
        "Noor Adeyo", (), "Counselor", "Salem", "OR"
    )


@pytest.mark.parametrize(
    "line",
    [
        "Noor Adeyo, Counselor in Salem, OR",
        "I work with couples — and with families, in Salem, OR",
        "— and that, in the end, is what I do.",
        "— is that you?",
        "—",
        "— " + "a long thought, begun with a dash " * 4 + "in Salem, OR",
    ],
)
def test_other_lines_are_no_signature(line: str) -> None:
    assert Signature.read(line) is None


def test_the_id_is_that_of_the_same_name_and_place_in_any_spelling() -> None:
    one = Signature("Noor Adeyo", (), "Counselor", "Salem", "OR")
    same = Signature("NOOR  adeyo", ("PhD",), "Psychologist", "salem", "OR")
    assert one.id == same.id == "4f93d524fd708adf"


@pytest.mark.parametrize(
    "other",
    [
        Signature("Noor Adeya", city="Salem", state="OR"),
        Signature("Noor Adeyo", city="Bend", state="OR"),
        Signature("Noor Adeyo", city="Salem", state="MA"),
        Signature("Noor Adeyo"),
    ],
)
def test_the_id_differs_by_name_city_and_state(other: Signature) -> None:
    assert other.id != Signature("Noor Adeyo", city="Salem", state="OR").id


@pytest.mark.parametrize(
    ("line", "name", "title", "city"),
    [
        ("— Jane M. in Austin, TX", "Jane M.", None, "Austin"),
        ("— Mary Jones Ph.D. in Austin, TX", "Mary Jones Ph.D.", None, "Austin"),
        ("— Jane M.", "Jane M.", None, None),
        ("— Omar van der Berg", "Omar van der Berg", None, None),
        ("— Ivo Marsh, Jr., Counselor in Reno, NV", "Ivo Marsh, Jr.", "Counselor", "Reno"),
        ("— Ivo Marsh, Counselor in Washington, D.C.", "Ivo Marsh", "Counselor", "Washington"),
    ],
)
def test_names_come_in_many_shapes(
    line: str, name: str, title: str | None, city: str | None
) -> None:
    signature = Signature.read(line)
    assert signature is not None
    assert (signature.name, signature.title, signature.city) == (name, title, city)


@pytest.mark.parametrize(
    "line", ["— and that is where I come in", "– grief, anxiety", "— slowly, and with care."]
)
def test_a_dash_inside_a_statement_is_no_signature(line: str) -> None:
    assert Signature.read(line) is None


def test_a_place_without_a_name_names_nobody() -> None:
    signature = Signature.read("— in Reno, NV")
    assert signature is not None
    assert signature.name == ""
