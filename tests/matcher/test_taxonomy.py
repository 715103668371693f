import pytest

from matcher.taxonomy import Taxonomy

TAXONOMY = Taxonomy.of(
    {
        "issues": [{"slug": "grief", "name": "Grief", "synonyms": ["bereavement"]}],
        "approaches": [
            {"slug": "cbt", "name": "Cognitive Behavioral Therapy", "synonyms": ["CBT"]},
        ],
    }
)


@pytest.mark.parametrize("text", ["cbt", "CBT", "cognitive  behavioral THERAPY"])
def test_an_approach_is_found_by_slug_name_or_synonym(text: str) -> None:
    assert TAXONOMY.approach(text) == "cbt"


def test_an_unknown_name_stands_for_itself() -> None:
    assert TAXONOMY.approach("Tea  Ceremony") == "tea ceremony"


def test_issues_and_approaches_are_not_mixed_up() -> None:
    assert (TAXONOMY.issue("Bereavement"), TAXONOMY.issue("CBT")) == ("grief", "cbt")
    assert "cbt" not in TAXONOMY.issues


def test_a_directory_brings_its_own_name_and_description() -> None:
    own = TAXONOMY.described(
        [
            {"name": "CBT", "description": "Ours."},
            {"name": "Tea Ceremony", "description": "Quiet."},
        ]
    )
    cbt, tea = own.approaches["cbt"], own.approaches["tea ceremony"]
    assert (cbt.name, cbt.description, cbt.synonyms) == ("CBT", "Ours.", ("CBT",))
    assert (tea.slug, tea.name, tea.description) == ("tea ceremony", "Tea Ceremony", "Quiet.")


def test_what_is_written_out_is_read_back() -> None:
    assert Taxonomy.of(TAXONOMY.record()) == TAXONOMY
