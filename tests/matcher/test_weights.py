import importlib.util
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from index.errors import Damaged, Missing
from matcher import weights


def test_the_default_is_found_on_disk_and_is_the_official_one() -> None:
    found = weights.find("all-MiniLM-L6-v2")
    assert found == weights.find("sentence-transformers/all-MiniLM-L6-v2")
    assert (Path(found.source) / "model.safetensors").is_file()


def test_other_bytes_under_the_defaults_name_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = Path(shutil.copytree(weights.find(weights.DEFAULT).source, tmp_path / "model"))
    with (model / "model.safetensors").open("r+b") as file:
        file.seek(1000)
        file.write(b"\xff")
    spec = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
    with pytest.raises(Damaged, match="not the official ones"):
        weights.find(weights.DEFAULT)


def test_weights_that_are_not_installed_are_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(Missing, match="make install"):
        weights.find(weights.DEFAULT)


@pytest.mark.parametrize("model", ["no-such-org/no-such-model", "/no/such/folder", "a b"])
def test_a_model_that_is_not_on_this_machine_is_never_fetched(model: str) -> None:
    with pytest.raises(Missing, match="on this machine"):
        weights.find(model)


def test_a_folder_with_a_model_is_taken(tmp_path: Path) -> None:
    copy = Path(shutil.copytree(weights.find(weights.DEFAULT).source, tmp_path / "mine"))
    assert (weights.find(str(copy)).name, weights.find(str(copy)).source) == ("mine", str(copy))
