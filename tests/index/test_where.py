"""Where an index is."""

from pathlib import Path

import pytest

from index.errors import BadInput
from index.where import folder, milvus, place


def test_a_folder_is_a_path_and_its_own_folder() -> None:
    assert place("some/index") == Path("some/index") == folder("some/index")
    assert milvus("some/index") is None


def test_an_address_stays_what_it_is_and_a_file_means_the_same_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert place("milvus:http://db.example:19530") == "milvus:http://db.example:19530"
    assert place("milvus:lite.db") == f"milvus:{tmp_path}/lite.db"
    assert place("milvus:lite.db#north") == f"milvus:{tmp_path}/lite.db#north"
    assert place(place("milvus:lite.db#north")) == place("milvus:lite.db#north")


@pytest.mark.parametrize(
    "told", ["http://LocalHost:19530", "http://127.0.0.1:19530/", "HTTP://localhost:19530"]
)
def test_an_address_is_the_same_however_it_is_spelt(told: str) -> None:
    assert place(f"milvus:{told}#north") == "milvus:http://127.0.0.1:19530#north"


@pytest.mark.parametrize(
    "told",
    [
        "http://my-localhost.example:19530",
        "http://[::1]:19530",
        "https://localhost:19530",
        "https://milvus.example/north",
    ],
)
def test_an_address_that_can_be_told_in_one_way_alone_stays_as_it_is(told: str) -> None:
    assert place(f"milvus:{told}") == f"milvus:{told}"


def test_each_directory_has_a_folder_of_copies_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    one, other = (folder(f"milvus:http://db.example:19530#{name}") for name in ("a", "b"))
    assert one != other
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert folder("milvus:http://db.example:19530").is_absolute()
    assert one.is_relative_to(tmp_path)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("milvus:", "name an address"),
        ("milvus:#north", "name an address"),
        ("milvus:ftp://db.example", "http:// or https://"),
        ("milvus:http://", "http:// or https://"),
        ("milvus:http://db.example:abc", "port"),
        ("milvus:http://db.example:99999999", "port"),
        ("milvus:http://user:secret@db.example", "MILVUS_TOKEN"),
        ("milvus:http://db.example#no spaces", "a letter"),
        ("milvus:http://db.example#9", "a letter"),
        ("milvus:http://db.example#a_0123456789abcdef", "no version's id"),
        (Path("milvus:http://db.example"), "as a text"),
    ],
)
def test_what_is_no_address_is_refused(told: str, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        place(told)
    assert "secret" not in str(refused.value)
