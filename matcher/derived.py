"""What a version works out from its vectors, as they are stored."""

from collections.abc import Iterator

import numpy as np

from index.fields import Marks, Values
from index.proposals import Proposals
from index.rows import Ints, Rows
from index.vectors import Floats, unit
from matcher.bridge import Bridge
from matcher.contents import DECLARED, HUBS, ISSUES, NEAR_MIDDLE
from matcher.hubs import hubs

CHUNK = 20_000  # therapists at a time


def derive(
    sections: Rows,
    bridge: Bridge,
    references: Floats,
    live: tuple[Rows, Values] | None = None,
    same: Ints | None = None,
) -> tuple[Rows, Values]:
    """What follows from the sections: profiles over the issues, and hubs.

    `references` is float32 (references, width): what clients say, about every issue alike.
    `live` is what this gave before by the same bridge and references: it is taken over for
    therapists whose sections are the same, from their group there, which `same`, int64
    (therapists,), has for them; -1 for all others.
    """
    count = len(sections.starts) - 1
    if live is None or same is None:
        same = np.full(count, -1)
    new, known = np.flatnonzero(same < 0), np.flatnonzero(same >= 0)
    profiles = np.empty((count, len(bridge.therapists.weights)), dtype=np.float32)
    near = np.empty(count, dtype=np.float32)
    for groups in _chunks(new):
        profiles[groups] = bridge.profiles(*_sections(sections, groups))
        near[groups] = hubs(sections, references, groups)
    if live:
        profiles[known] = live[0].take(same[known])
        near[known] = live[1].numbers[same[known]]
    return Rows.of(profiles, np.arange(count), {}), Values(near)


def proposals(sections: Rows, profiles: Rows, declared: Marks, hubs: Values) -> Proposals:
    """Lists of the therapists by the middle of their sections, with all else that is known."""
    middles = np.concatenate(
        [
            np.add.reduceat(*_sections(sections, groups))
            for groups in _chunks(np.arange(len(profiles)))
        ]
    )
    return Proposals.of(
        [
            (NEAR_MIDDLE, unit(middles, middles.shape[1])),
            ({ISSUES: 1.0}, profiles.take(np.arange(len(profiles)))),
            ({DECLARED: 1.0}, declared.dense()),
            ({HUBS: 1.0}, hubs.numbers[:, None]),
        ]
    )


def _chunks(groups: Ints) -> Iterator[Ints]:
    """Some therapists at a time."""
    for first in range(0, len(groups), CHUNK):
        yield groups[first : first + CHUNK]


def _sections(sections: Rows, groups: Ints) -> tuple[Floats, Ints]:
    """The vectors of these therapists' sections, and where each therapist's begin."""
    numbers, begins = sections.members(groups)
    return sections.take(numbers), begins
