"""Reads a directory file, and reports every problem with its line."""

import difflib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from matcher.files import read_data
from matcher.lines import Unreadable, lines, parse
from matcher.records import Therapist

Record = dict[str, Any]


@dataclass(frozen=True)
class Problem:
    """What is wrong where. An error costs the line its place in the directory."""

    line: int
    field: str
    what: str
    error: bool = True

    def __str__(self) -> str:
        return f"{self.line}: {self.field}: {self.what}"


@dataclass(frozen=True)
class Directory:
    """The therapists of a directory file in id order, and its problems in line order."""

    therapists: tuple[Therapist, ...]
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that cost a line."""
        return tuple(p for p in self.problems if p.error)

    @property
    def skipped(self) -> int:
        """How many lines are not among the therapists."""
        return len({p.line for p in self.errors})


def read_directory(path: Path) -> Directory:
    """Read a directory file (JSON Lines, UTF-8; `data/directory.schema.json` describes a line).

    A broken line becomes a problem and the next one is read all the same. Raises BadInput where
    the file itself can't be read.
    """
    problems: list[Problem] = []
    records: dict[int, Record] = {}
    checker = _Checker()
    for number, line in lines(path):
        record, found = checker.line(number, line)
        problems += found
        if record is not None:
            records[number] = record
    broken = {p.line for p in problems if p.error}
    problems += _doubles(records, broken)
    broken |= {p.line for p in problems if p.error}
    sound = (Therapist.of(r) for number, r in records.items() if number not in broken)
    therapists = sorted(sound, key=lambda t: t.id)
    return Directory(tuple(therapists), tuple(sorted(problems, key=lambda p: p.line)))


def problems(records: Iterable[Record]) -> list[Problem]:
    """What is wrong with records that stand in no file: a problem's `line` counts them from 0."""
    checker = _Checker()
    return [p for number, record in enumerate(records) for p in checker.record(number, record)]


class _Checker:
    """Checks one line after the other against the published schema."""

    def __init__(self) -> None:
        schema = read_data("directory.schema.json")
        self.fields: list[str] = list(schema["properties"])
        self.validator = Draft202012Validator(schema, format_checker=FormatChecker())

    def line(self, number: int, line: bytes) -> tuple[Record | None, list[Problem]]:
        try:
            record = parse(line)
        except Unreadable as error:
            return None, [Problem(number, "line", str(error))]
        if not isinstance(record, dict):
            return None, [Problem(number, "line", "must be a JSON object, one therapist a line")]
        return record, self.record(number, record)

    def record(self, number: int, record: Record) -> list[Problem]:
        errors = sorted(self.validator.iter_errors(record), key=lambda e: list(map(str, e.path)))
        return [Problem(number, *_told(error)) for error in errors] + [
            Problem(number, field, what, False) for field, what in self._doubtful(record)
        ]

    def _doubtful(self, record: Record) -> Iterator[tuple[str, str]]:
        """What a record may hold and hardly means; whatever is of a wrong type is passed over."""
        yield from _strangers(record, self.fields, "")
        low, high = record.get("fee_min"), record.get("fee_max")
        if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            yield "fee_min", "is above fee_max"
        seen: dict[str, int] = {}
        statements = record.get("statements")
        for position, statement in enumerate(statements if isinstance(statements, list) else []):
            if not isinstance(statement, dict):
                continue
            yield from _strangers(statement, ["about", "text"], f"statements[{position}].")
            text = " ".join(str(statement.get("text", position)).split())
            first = seen.setdefault(text, position)
            if first != position:
                yield f"statements[{position}]", f"says the same as statements[{first}]"


def _strangers(record: Record, known: list[str], place: str) -> Iterator[tuple[str, str]]:
    for field in sorted(record.keys() - set(known)):
        near = difflib.get_close_matches(field, known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        yield f"{place}{field}", f"is no known field, so nothing searches it{hint}"


def _told(error: ValidationError) -> tuple[str, str]:
    """The field as a person would name it, and what is wrong with it."""
    schema, asked = dict[str, Any](error.schema), str(error.validator)  # type: ignore[arg-type]
    field = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.path).lstrip(".")
    if asked == "required":
        # The instance of a `required` is always an object; several missing make several errors.
        missing = error.message.split("'")[1]
        return (f"{field}.{missing}".lstrip("."), "is required")
    what = {
        "type": f"must be of type {error.validator_value}",
        "enum": f"is unknown: {schema.get('description', '')} is expected",
        "pattern": _pattern(error, schema),
        "minLength": "is empty",
        "maxLength": f"is longer than {error.validator_value} characters",
        "minItems": "is empty: at least one is needed",
        "maxItems": f"has more than {error.validator_value} entries",
        "minimum": f"must be at least {error.validator_value}",
        "maximum": f"must be at most {error.validator_value}",
        "format": f"is not a {error.validator_value} (YYYY-MM-DD)",
    }.get(asked, error.message)
    return field or "line", what


def _pattern(error: ValidationError, schema: dict[str, Any]) -> str:
    if not str(error.instance).strip():
        return "is blank"
    if error.path and error.path[-1] == "text":
        return "has no words"
    if error.path and error.path[-1] == "url":
        return "must be a web address that begins with https:// or http://"
    return f"is not as expected: {schema.get('description', '')}"


def _doubles(records: dict[int, Record], broken: set[int]) -> Iterator[Problem]:
    """Settle ids that stand on several lines, the same way in any order of the lines."""
    numbers: dict[str, list[int]] = {}
    for number, record in records.items():
        if isinstance(record.get("id"), str):
            numbers.setdefault(record["id"], []).append(number)
    for same in numbers.values():
        kept = max(same, key=lambda n: (n not in broken, *_rank(records[n])))
        for number in same:
            if number != kept:
                what = f"is used on line {kept} too, which is kept (the later `updated` wins)"
                yield Problem(number, "id", what)


def _rank(record: Record) -> tuple[str, str]:
    return str(record.get("updated", "")), json.dumps(record, sort_keys=True)
