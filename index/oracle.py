"""The plain numpy scan that the fast search must agree with, behind the same verb."""

from collections.abc import Mapping, Sequence

import numpy as np

from index.rows import Mask, Rows
from index.search import Probe, Ranking


def scan(fields: Mapping[str, Rows], probes: Sequence[Probe], k: int, admitted: Mask) -> Ranking:
    """Score every admitted group with every row it has, in float64, and sort."""
    groups = np.flatnonzero(admitted)
    scores = np.zeros(len(groups))
    for probe in probes:
        rows = fields[probe.field]
        vectors = rows.take(np.arange(rows.flat.ntotal)).astype(np.float64)
        similarity = vectors @ probe.vector.astype(np.float64)
        for position, group in enumerate(groups):
            best = similarity[rows.group == group].max()
            scores[position] += probe.weight * best
    order = np.lexsort((groups, -scores))[:k]
    return Ranking(groups[order], scores[order])
