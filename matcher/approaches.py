"""A directory's own names and descriptions of approaches, as `matcher import` writes them."""

from pathlib import Path
from typing import Any

from index.errors import BadInput
from matcher.lines import objects


def read_approaches(path: Path) -> list[dict[str, Any]]:
    """Read JSON Lines of objects with a `name` and a `description`.

    Raises BadInput naming the first line that is something else.
    """
    records = []
    for place, record in objects(path):
        if not all(
            isinstance(record.get(field), str) and record[field].strip()
            for field in ("name", "description")
        ):
            raise BadInput(f"{place}: line: an approach needs a name and a description")
        records.append(record)
    return records
