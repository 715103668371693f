import pytest

from matcher.zips import ZipTable, zip_columns

PLACES = {"98101": (47.6, -122.3), "00501": (40.8, -73.0), "60601": (41.9, -87.6)}


def test_a_table_gives_back_what_it_was_made_of() -> None:
    table = ZipTable(zip_columns(PLACES))
    assert dict(table) == PLACES
    assert list(table) == sorted(PLACES)


@pytest.mark.parametrize("code", ["98102", "00000", "99999", "", "981011", "９８１０１"])
def test_a_code_nobody_has_is_not_found(code: str) -> None:
    assert ZipTable(zip_columns(PLACES)).get(code) is None


def test_no_codes_at_all_find_nothing() -> None:
    assert ZipTable(zip_columns({})).get("98101") is None
