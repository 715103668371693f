"""What a directory is made of: therapists and their statements."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Statement:
    """A text a therapist wrote, `about` an approach or issue, or about nothing in particular."""

    text: str
    about: str | None = None


@dataclass(frozen=True)
class Therapist:
    """One therapist: the record as the directory file has it, every field kept."""

    id: str
    name: str
    statements: tuple[Statement, ...]
    record: Mapping[str, Any]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Therapist":
        """Take a record that meets the schema."""
        statements = tuple(Statement(s["text"], s.get("about")) for s in record["statements"])
        return cls(record["id"], record["name"], statements, record)


def tag(record: Record) -> str:
    """What tells a record from every other: 32 hex digits of a hash of its bytes as JSON."""
    return hashlib.sha256(json.dumps(record).encode()).hexdigest()[:32]
