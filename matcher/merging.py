"""Records that come without a directory file: what is wrong with them, and what edits make."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from index.errors import BadInput
from matcher.changes import Record
from matcher.directory import Problem, problems
from matcher.files import read_data
from matcher.filters import field_name

NUMBER = re.compile(r"[0-9]{1,6}")  # of an entry in a list; a longer one is somebody's own name


class BadRecord(BadInput):
    """Records that the schema does not take; `wrong` names each field and what is wrong with it."""

    def __init__(
        self, message: str, field: str | None = None, wrong: Sequence[tuple[str, str]] = ()
    ) -> None:
        super().__init__(message, field)
        self.wrong = tuple(wrong)

    @classmethod
    def of(cls, wrong: Sequence[tuple[str, str]]) -> "BadRecord":
        """Say what is wrong, the first few in the message."""
        told = "; ".join(f"{field}: {what}" for field, what in wrong[:5])
        more = f"; and {len(wrong) - 5} more" if len(wrong) > 5 else ""
        return cls(told + more, wrong[0][0], wrong)


def merged(record: Record, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A record with these fields in place of its own, as RFC 7396 merges; it meets the schema.

    A field that is None is taken away. Raises BadRecord, also for a field that nobody knows: most
    likely it is misspelt, and the therapist would go on as before.
    """
    wanted: dict[str, Any] = _merge(record, fields)
    known = {**read_data("directory.schema.json")["properties"], **record}
    wrong = [
        (field_name([name]), "is no known field of a therapist")
        for name in fields.keys() - known.keys()
    ]
    if wanted.get("id") != record["id"]:
        wrong.append(("id", "stays what it is: put another record instead"))
    wrong += [(field(p), p.what) for p in problems([wanted]) if p.error]
    if wrong:
        raise BadRecord.of(sorted(set(wrong)))
    return wanted


def field(problem: Problem) -> str:
    """A problem's field as the API names it: `statements.0.text`."""
    parts = re.findall(r"[^.\[\]]+", problem.field)
    return field_name(int(part) if NUMBER.fullmatch(part) else part for part in parts)


def _merge(target: object, news: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(target) if isinstance(target, Mapping) else {}
    for name, value in news.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = _merge(made.get(name), value) if isinstance(value, Mapping) else value
    return made
