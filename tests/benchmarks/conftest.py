"""What a benchmark has prepared, where what is tested begins after that."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import run


@pytest.fixture
def prepare(built: Path) -> Callable[[Path, str], None]:
    """Prepares a contestant on the small directory, this engine by the index that is built."""

    def made(out: Path, name: str) -> None:
        if name == "ours":
            shutil.copytree(built, out / "prepared" / name / "index")
        else:
            run.prepare(out, name)

    return made
