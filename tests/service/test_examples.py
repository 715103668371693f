"""The examples of docs/api.md, each run as it stands there against a real server."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.openapi import TOLD
from tests.service.conftest import serving

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLES = [
    (section.partition("\n")[0], language, code)
    for section in PAGE.split("\n## ")
    for language, code in re.findall(r"^```(sh|python|js)\n(.*?)^```$", section, re.M | re.S)
]
# As where the package is installed: it is found wherever a program lies.
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}
# What has to be read of an example's output, by the section it stands in.
PRINTS = {
    "A text, and who answers it": "Greta Holm",
    "Page after page": "teens",
    "Up to 64 texts at once": "Clara Fontaine",
    "Choices, records and approaches": "Relational",
    "Errors": "422 ['filters.shoe_size']",
}


@pytest.fixture(scope="module")
def address(built: Path) -> Iterator[str]:
    with serving(built) as address:
        yield address


def command(language: str, file: Path) -> list[str]:
    """What runs a file of this language. Skips where that is not on this machine."""
    if language == "python":
        return [sys.executable, str(file)]
    needed = {"sh": ("sh", "curl"), "js": ("node",)}[language]
    for program in needed:
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}, which is not on this machine")
    return [needed[0], str(file)]


@pytest.mark.parametrize(
    ("section", "language", "code"), EXAMPLES, ids=[f"{s}-{which}" for s, which, _ in EXAMPLES]
)
def test_an_example_runs_as_it_stands_there(
    address: str, tmp_path: Path, section: str, language: str, code: str
) -> None:
    assert "http://127.0.0.1:8000" in code
    file = tmp_path / {"sh": "a.sh", "python": "a.py", "js": "a.mjs"}[language]
    file.write_text(code.replace("http://127.0.0.1:8000", address), "utf-8")
    done = subprocess.run(
        command(language, file), env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert PRINTS[section] in done.stdout


def test_each_way_in_has_an_example_in_each_language() -> None:
    for section in ("A text, and who answers it", "Up to 64 texts at once"):
        assert {which for s, which, _ in EXAMPLES if s == section} == {"sh", "python", "js"}


def test_every_error_is_told_and_what_to_do_about_it() -> None:
    told = {int(status) for status in re.findall(r"^\| (\d{3}) \|", PAGE, re.M)}
    assert told >= {*TOLD, 405}
