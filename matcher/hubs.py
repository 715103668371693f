"""Hubs: therapists whose vectors lie near to those of every text, and how near.

Left alone, they head list after list, whoever asks. What a therapist's nearest texts have in
common is taken off again (the therapist's half of CSLS: Conneau and others, 2018).
"""

import numpy as np

from index.rows import Ints, Rows
from index.vectors import Floats

NEAREST = 100  # of the reference texts, those nearest to the therapist


def hubs(sections: Rows, references: Floats, groups: Ints) -> Floats:
    """How near each of these therapists is to the references nearest to them: float32 (n,).

    `references` is float32 (references, width): what clients say, about every issue alike.
    `groups` is int64 (n,).
    """
    kept = np.sort(sections.best(references, groups), axis=0)[-NEAREST:]
    found: Floats = kept.mean(axis=0, dtype=np.float64).astype(np.float32)
    return found
