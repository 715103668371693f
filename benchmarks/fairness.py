"""Who is shown, and whether the same need gets the same list: pure functions over first tens."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

MOST = 10  # therapists told who are shown most


def exposure(lists: Sequence[Sequence[str]], therapists: Collection[str]) -> dict[str, float]:
    """How evenly lists of ids show the therapists.

    `never`: the share of them in no list. `gini`: 0 where all are shown alike, near 1 where one
    has it all. `most`: the share of all places that the ten most shown take.
    """
    shown = Counter(id_ for found in lists for id_ in found)
    counts = np.sort([shown[id_] for id_ in therapists]).astype(np.float64)
    ranks = np.arange(1, len(counts) + 1)
    gini = (2 * ranks - len(counts) - 1) @ counts / (len(counts) * counts.sum())
    return {
        "never": float((counts == 0).mean()),
        "gini": float(gini),
        "most": float(counts[-MOST:].sum() / counts.sum()),
    }


def overlap(one: Sequence[str], other: Sequence[str]) -> float:
    """The share of two lists of the same length that they have in common."""
    return len(set(one) & set(other)) / max(len(one), len(other), 1)


def by_kind(pairs: Sequence[Mapping[str, Any]], overlaps: Sequence[float]) -> dict[str, float]:
    """The mean overlap of each kind of pair, and of all."""
    kinds = sorted({pair["kind"] for pair in pairs})
    found = {
        kind: float(
            np.mean([o for pair, o in zip(pairs, overlaps, strict=True) if pair["kind"] == kind])
        )
        for kind in kinds
    }
    return found | {"all": float(np.mean(overlaps))}
