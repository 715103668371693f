"""Bodies that are read as strictly as a directory file is, outside the process that serves."""

from typing import Any

from index.where import Where
from matcher.lines import Unreadable, parse
from matcher.merging import BadRecord
from matcher.putting import Put, put


def read_object(body: bytes) -> dict[str, Any]:
    """A body's JSON object. Raises BadRecord, which repeats nothing of it."""
    try:
        value = parse(body)
    except Unreadable as error:
        raise BadRecord.of([("body", str(error).partition(":")[0])]) from None
    if not isinstance(value, dict):
        raise BadRecord.of([("body", "must be a JSON object, sent as application/json")])
    return value


def put_body(index: Where, body: bytes) -> Put:
    """Put the records of a body such as {"therapists": [...]}. Raises as `matcher.putting.put`."""
    asked = read_object(body)
    records = asked.get("therapists")
    wrong = [("body", "takes therapists alone")] if asked.keys() - {"therapists"} else []
    if not isinstance(records, list):
        wrong.append(("therapists", "must be a list of records"))
    else:
        wrong += [
            (f"therapists.{number}", "must be a JSON object")
            for number, record in enumerate(records)
            if not isinstance(record, dict)
        ]
    if wrong:
        raise BadRecord.of(wrong)
    return put(index, records)  # type: ignore[arg-type]  # what is no list is wrong above
