"""Evidence: which passage of a therapist answers which struggle."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from index.rows import Ints
from index.vectors import Floats
from matcher.contents import PASSAGES, Contents
from matcher.query import Query
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
    contents: Contents, groups: Ints, therapists: Sequence[Therapist], query: Query
) -> list[tuple[Evidence, ...]]:
    """For each therapist the passages that answer the client best, 1 to 3, each with the struggle
    it answers. `groups` is int64 (therapists,).
    """
    if not therapists:
        return []
    rows = contents.texts[PASSAGES]
    numbers, offsets = rows.members(groups)
    # A passage answers a struggle the better, the nearer it is to all that was said around it.
    wanted = (query.parts + query.whole) / 2
    cosines = np.vecdot(wanted[:, None, :], rows.take(numbers)[None, :, :])
    places = contents.places[numbers].tolist()
    ends = [*offsets[1:].tolist(), len(numbers)]
    return [
        _best(cosines[:, start:end], places[start:end], therapist, query)
        for start, end, therapist in zip(offsets.tolist(), ends, therapists, strict=True)
    ]


def _best(
    cosines: Floats, places: Sequence[Sequence[int]], therapist: Therapist, query: Query
) -> tuple[Evidence, ...]:
    """One therapist's; `cosines` is float32 (struggles, passages)."""
    found: list[Evidence] = []
    told: set[int] = set()
    for part in np.argsort(-cosines.max(axis=1), kind="stable"):
        best = int(cosines[part].argmax())
        if best in told or (found and cosines[part, best] < LEAST_COSINE):
            continue
        told.add(best)
        number, start, end = places[best]
        statement = therapist.statements[number]
        found.append(
            Evidence(
                number,
                start,
                end,
                statement.text[start:end],
                statement.about,
                query.spans[part].of(query.text),
            )
        )
        if len(found) == MOST:
            break
    return tuple(found)
