"""Evidence: which passage of a therapist answers which struggle."""

from dataclasses import dataclass, field

import numpy as np

from matcher.contents import Contents
from matcher.ranking import PASSAGES, Query
from matcher.records import Therapist

MOST = 3  # quotes a match; more is no longer a short answer
# Below this a passage doesn't answer a struggle; each match keeps its best one all the same.
LEAST_COSINE = 0.3


@dataclass(frozen=True)
class Evidence:
    """`quote` is `statements[statement].text[start:end]`, in code points."""

    statement: int
    start: int
    end: int
    quote: str
    about: str | None
    struggle: str = field(repr=False)


def evidence(
    contents: Contents, group: int, therapist: Therapist, query: Query
) -> tuple[Evidence, ...]:
    """The passages that answer the client best, each with the struggle it answers; 1 to 3."""
    rows = contents.fields[PASSAGES]
    numbers, _ = rows.members(np.array([group]))
    passages = rows.take(numbers)
    # A passage answers a struggle the better, the nearer it is to all that was said around it.
    cosines = (query.parts @ passages.T + query.whole @ passages.T) / 2
    found: list[Evidence] = []
    told: set[int] = set()
    for part in np.argsort(-cosines.max(axis=1), kind="stable"):
        best = int(cosines[part].argmax())
        if best in told or (found and cosines[part, best] < LEAST_COSINE):
            continue
        told.add(best)
        row = rows.table.slice(int(numbers[best]), 1).to_pylist()[0]
        statement = therapist.statements[row["statement"]]
        found.append(
            Evidence(
                row["statement"],
                row["start"],
                row["end"],
                statement.text[row["start"] : row["end"]],
                statement.about,
                query.spans[part].of(query.text),
            )
        )
        if len(found) == MOST:
            break
    return tuple(found)
