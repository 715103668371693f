"""Search for groups: weighted probes over several fields of rows.

The score of a group is the sum over the probes of weight times the best inner product between
the probe's vector and the group's rows in the probe's field. While that is little work, every
admitted group is scored. Beyond, FAISS proposes the groups nearest to the heaviest probe, and
these alone are scored, exactly as before; the plan then says `approximate`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.errors import BadInput
from index.proposals import Proposals
from index.rows import Ints, Mask, Rows
from index.vectors import Floats

# Products of a row and a probe up to which everyone is scored; `benchmarks.scale` measures both
# ways.
EXACT = 100_000
# Rows in all from which on proposals are worth keeping: a client's text has about six probes.
LARGE = EXACT // 6


@dataclass(frozen=True)
class Probe:
    """One vector to search a field with: float32 (width,) of length 1, and a weight above 0."""

    field: str
    vector: Floats
    weight: float


@dataclass(frozen=True)
class Ranking:
    """Groups best first, with their scores: int64 (n,) and float64 (n,); `plan` tells how."""

    groups: Ints
    scores: np.ndarray[tuple[int], np.dtype[np.float64]]
    plan: str = ""


def search(
    fields: Mapping[str, Rows],
    probes: Sequence[Probe],
    k: int,
    admitted: Mask,
    proposals: Mapping[str, Proposals] | None = None,
) -> Ranking:
    """The k best of the admitted groups; equal scores in group order.

    `admitted` is bool (groups,). Returns min(k, admitted groups) distinct groups. Fields with no
    `proposals` are always searched exactly.
    """
    if k < 1:
        raise BadInput("at least one result must be asked for")
    if not probes or any(p.weight <= 0 for p in probes):
        raise BadInput("a search needs probes, each with a weight above 0")
    groups = np.flatnonzero(admitted)
    if len(groups) == 0:
        return Ranking(groups, np.empty(0), "exact: nobody is admitted")
    lead = max(probes, key=lambda probe: probe.weight)
    share = len(groups) / len(admitted)
    used = Counter(probe.field for probe in probes)
    work = share * sum(len(fields[f]) * (n + fields[f].decoding) for f, n in used.items())
    plan = f"exact: all of {len(groups)} admitted groups scored"
    if proposals and lead.field in proposals and work > EXACT:
        proposed = proposals[lead.field].nearest(lead.vector, k, admitted)
        plan = f"approximate: {len(proposed)} of {len(groups)} admitted groups proposed and scored"
        groups = proposed
    scores = score(fields, probes, groups)
    order = np.lexsort((groups, -scores))[:k]
    return Ranking(groups[order], scores[order], plan)


def score(
    fields: Mapping[str, Rows], probes: Sequence[Probe], groups: Ints
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The scores of these groups, float64 (n,)."""
    total = np.zeros(len(groups))
    for name in dict.fromkeys(probe.field for probe in probes):
        mine = [probe for probe in probes if probe.field == name]
        best = fields[name].best(np.stack([probe.vector for probe in mine]), groups)
        for probe, scores in zip(mine, best, strict=True):
            total += probe.weight * scores
    return total
