"""A directory's own names and descriptions of approaches, as `matcher import` writes them."""

from pathlib import Path
from typing import Any

from index.errors import BadInput
from matcher.lines import Unreadable, lines, parse


def read_approaches(path: Path) -> list[dict[str, Any]]:
    """Read JSON Lines of objects with a `name` and a `description`.

    Raises BadInput naming the first line that is something else.
    """
    records = []
    for number, line in lines(path):
        try:
            record = parse(line)
        except Unreadable as error:
            raise BadInput(f"{path}:{number}: line: {error}") from None
        if not isinstance(record, dict) or not all(
            isinstance(record.get(field), str) and record[field].strip()
            for field in ("name", "description")
        ):
            raise BadInput(f"{path}:{number}: line: an approach needs a name and a description")
        records.append(record)
    return records
