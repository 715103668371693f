"""Hubs: therapists whose vectors lie near to those of every text, and how near.

Left alone, they head list after list, whoever asks. What a therapist's nearest texts have in
common is taken off again (the therapist's half of CSLS: Conneau and others, 2018).
"""

import numpy as np

from index.rows import Rows
from index.vectors import Floats

NEAREST = 100  # of the reference texts, those nearest to the therapist
CHUNK = 20_000  # therapists at a time


def hubs(sections: Rows, references: Floats) -> Floats:
    """How near each therapist is to the references nearest to them: float32 (therapists,).

    `references` is float32 (references, width): what clients say, about every issue alike.
    """
    groups = len(sections.starts) - 1
    found = []
    for first in range(0, groups, CHUNK):
        nearest = sections.best(references, np.arange(first, min(first + CHUNK, groups)))
        kept = np.sort(nearest, axis=0)[-NEAREST:]
        found.append(kept.mean(axis=0, dtype=np.float64).astype(np.float32))
    return np.concatenate(found)
