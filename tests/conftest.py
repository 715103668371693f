"""What many tests stand on: the small directory, built once with the real model."""

import shutil
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from matcher import Matcher, alarm, export
from matcher.alarm import Alarm
from matcher.build import build
from matcher.encoder import Encoder
from matcher.quantising import INT8
from matcher.weights import Weights
from tests.small import LOOSE, write_directory

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session", autouse=True)
def _fitted_once() -> Iterator[None]:
    """Fitting the alarm takes a minute, and the same encoder always ends in the same one."""
    fit, known = alarm.fit, dict[str, Alarm]()

    @wraps(fit)
    def once(encoder: Encoder) -> Alarm:
        if encoder.fingerprint not in known:
            known[encoder.fingerprint] = fit(encoder)
        return known[encoder.fingerprint]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alarm, "fit", once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _exported_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """So does exporting an encoder, and the same weights always end in the same files."""
    make, known = export.export, dict[tuple[Weights, str], Path]()

    @wraps(make)
    def once(weights: Weights, folder: Path, precision: str = INT8) -> None:
        if (weights, precision) not in known:
            make(weights, folder, precision)
            copy = tmp_path_factory.mktemp("encoder")
            known[weights, precision] = shutil.copytree(folder, copy, dirs_exist_ok=True)
        else:
            shutil.copytree(known[weights, precision], folder, dirs_exist_ok=True)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(export, "export", once)
        yield


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index folder of the small directory; not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    build(write_directory(folder / "directory.jsonl"), folder / "index")
    return folder / "index"


@pytest.fixture(scope="session")
def small(built: Path) -> Matcher:
    """The matcher of the small directory."""
    return Matcher.open(built)


@pytest.fixture
def index(built: Path, tmp_path: Path) -> Path:
    """A copy of the small index to do with as one likes."""
    return Path(shutil.copytree(built, tmp_path / "index"))


@pytest.fixture
def matcher_of(index: Path, tmp_path: Path) -> Callable[[list[dict[str, Any]]], Matcher]:
    """Builds other records into the copied index, whose encoder is reused."""

    def make(records: list[dict[str, Any]]) -> Matcher:
        build(write_directory(tmp_path / "other.jsonl", records), index, LOOSE)
        return Matcher.open(index)

    return make


@pytest.fixture(scope="session")
def shared() -> Path:
    """The development data beside the checkout; a user's machine doesn't have it."""
    if not SHARED.is_dir():
        pytest.skip("needs the development data in ../shared, which is not on this machine")
    return SHARED
