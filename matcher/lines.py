"""Reads JSON Lines strictly: what is not plain JSON is named, and no line hides the next."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from index.errors import BadInput

DEEPEST = 20  # levels; a record needs three


class Unreadable(Exception):
    """A line that holds no JSON to be taken; says why."""


def lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not blank, with their numbers; a byte order mark is no text.

    Raises BadInput where the file can't be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}") from None
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            yield number, line


def parse(line: bytes) -> object:
    """The value of one line. Raises Unreadable."""
    try:
        value = json.loads(
            line.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_float=_finite,
        )
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise Unreadable(f"is not JSON: {error.msg} at column {error.colno}") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8 at byte {error.start + 1}") from None
    except UnicodeEncodeError:
        raise Unreadable("holds half a character (a lone surrogate)") from None
    except RecursionError:
        raise Unreadable("is nested too deeply") from None
    except ValueError:
        raise Unreadable("holds a number too long to read") from None
    if _depth(value) > DEEPEST:
        raise Unreadable("is nested too deeply")
    return value


def objects(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file of which every line has to be one, each with its `file:line`.

    Raises BadInput naming the first line that is something else.
    """
    for number, line in lines(path):
        place = f"{path}:{number}"
        try:
            record = parse(line)
        except Unreadable as error:
            raise BadInput(f"{place}: line: {error}") from None
        if not isinstance(record, dict):
            raise BadInput(f"{place}: line: must be a JSON object")
        yield place, record


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"gives the field {twice} twice")
    return record


def _no_number(name: str) -> object:
    raise Unreadable(f"is not JSON: {name} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise Unreadable(f"holds a number too large to keep: {text[:20]}")
    return number


def _depth(value: object) -> int:
    inner = list(value.values()) if isinstance(value, dict) else value
    return 1 + max(map(_depth, inner), default=0) if isinstance(inner, list) else 0
