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


def derive(sections: Rows, bridge: Bridge, references: Floats) -> tuple[Rows, Values]:
    """What follows from the sections: profiles over the issues, and hubs.

    `references` is float32 (references, width): what clients say, about every issue alike.
    """
    found = [bridge.profiles(vectors, begins) for vectors, begins in _chunks(sections)]
    profiles = Rows.of(np.concatenate(found), np.arange(len(sections.starts) - 1), {})
    return profiles, Values(hubs(sections, references))


def proposals(sections: Rows, profiles: Rows, declared: Marks, hubs: Values) -> Proposals:
    """Lists of the therapists by the middle of their sections, with all else that is known."""
    middles = np.concatenate(
        [np.add.reduceat(vectors, begins[:-1]) for vectors, begins in _chunks(sections)]
    )
    return Proposals.of(
        [
            (NEAR_MIDDLE, unit(middles, middles.shape[1])),
            ({ISSUES: 1.0}, profiles.take(np.arange(len(profiles)))),
            ({DECLARED: 1.0}, declared.dense()),
            ({HUBS: 1.0}, hubs.numbers[:, None]),
        ]
    )


def _chunks(sections: Rows) -> Iterator[tuple[Floats, Ints]]:
    """The sections' vectors some therapists at a time, and where each therapist's begin, with the
    end.
    """
    starts = sections.starts
    for first in range(0, len(starts) - 1, CHUNK):
        own = starts[first : first + CHUNK + 1]
        yield sections.take(np.arange(own[0], own[-1])), own - own[0]
