"""The API against its own description: the document is sound, and the service keeps to it."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from index.versions import Store
from service.openapi import DETAIL, TOLD
from tests.service.conftest import admins, serving

# Of each route in each phase; `make contract` asks for many more.
THOROUGH = "CONTRACT_CASES" in os.environ
CASES = os.environ.get("CONTRACT_CASES", "8")
SECONDS = 600 + int(CASES) * 10 if THOROUGH else 120
PHASES = ("examples", "coverage", "fuzzing", "stateful")
ATTACK = Path(sys.executable).with_name("schemathesis")
CONFIG = Path(__file__).with_name("schemathesis.toml")
WAY = "#/components/schemas/"


@pytest.fixture(scope="module")
def document(client: TestClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def attacked(index: Path, within: Path, phases: Sequence[str], *options: str) -> int:
    """How many cases were generated, all of which have to pass."""
    with serving(index) as address:
        what = ["run", f"{address}/openapi.json", "--phases", ",".join(phases)]
        patience = ["--request-timeout", "60"]  # a put may wait for others
        done = subprocess.run(
            [
                ATTACK,
                "--config-file",
                CONFIG,
                "--no-color",
                *what,
                *patience,
                "-n",
                CASES,
                *options,
            ],
            cwd=within,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    print(done.stdout)  # noqa: T201
    assert done.returncode == 0, done.stdout + done.stderr
    tried = re.search(r"(\d+) generated, \1 passed", done.stdout)
    assert tried
    for phase in phases:
        assert f"✅ {phase.capitalize()}" in done.stdout.replace("  ", " ")
    return int(tried[1])


def test_the_service_keeps_to_its_description(built: Path, tmp_path: Path) -> None:
    assert attacked(built, tmp_path, PHASES) > 100


def test_so_do_the_routes_that_change_the_directory(index: Path, tmp_path: Path) -> None:
    """With a key that may: without one, as above, they answer 401 and no more."""
    changing = ("--exclude-method", "GET", "--exclude-method", "POST")
    header = ("--header", f"Authorization: {admins(index)['Authorization']}")
    before = Store(index).history.entries()
    phases = PHASES if THOROUGH else [phase for phase in PHASES if phase != "coverage"]
    assert attacked(index, tmp_path, phases, *changing, *header) > 60
    assert len(Store(index).history.entries()) > len(before), "changes were made"


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert not [str(error.message) for error in OPENAPI_31_VALIDATOR.iter_errors(document)]
    for reference in re.findall(r"'\$ref': '([^']+)'", str(document)):
        found: Any = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]


def test_every_body_and_answer_has_an_example_that_keeps_to_its_schema(
    document: dict[str, Any],
) -> None:
    for name, operation in operations(document):
        told = [operation["requestBody"]] if "requestBody" in operation else []
        for content in (b.get("content", {}) for b in (*told, *operation["responses"].values())):
            for kind, media in content.items():
                schema = media["schema"]
                if "$ref" not in schema:  # written out beside its own example, or plain text
                    continue
                named = document["components"]["schemas"][schema["$ref"].removeprefix(WAY)]
                examples = [media["example"]] if "example" in media else named["examples"]
                whole = {"$ref": schema["$ref"], "components": document["components"]}
                for example in examples:
                    wrong = list(Draft202012Validator(whole).iter_errors(example))
                    assert not wrong, f"{name} {kind}: {wrong[0].message}"


def test_examples_of_requests_are_answered(client: TestClient, document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        if "requestBody" in methods.get("post", {}):
            schema = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
            named = document["components"]["schemas"][schema["$ref"].removeprefix(WAY)]
            for example in named["examples"]:
                assert client.post(path, json=example).status_code == 200, path


def test_every_operation_says_what_it_is_and_every_error_what_to_do(
    document: dict[str, Any],
) -> None:
    assert TOLD.keys() == DETAIL.keys()
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert "500" in operation["responses"], name
        for status, answer in operation["responses"].items():
            assert answer["description"], f"{name} {status}"
            if int(status) >= 400:
                assert answer["description"] != HTTPStatus(int(status)).phrase
