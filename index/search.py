"""Search for groups: weighted probes over several fields.

The score of a group is the sum over the probes of weight times what the probe's field gives it;
for a field of rows that is the best inner product between the probe's vector and the group's
rows. While that is little work, every admitted group is scored. Beyond, FAISS proposes
groups, and these alone are scored, exactly as before; the plan then says `approximate`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.errors import BadInput
from index.fields import Field
from index.probes import Probe
from index.proposals import Proposals
from index.rows import Ints, Mask
from index.words import Words

# Products of a row and a probe up to which everyone is scored; `benchmarks.scale` measures both
# ways.
EXACT = 100_000
# Rows in all from which on proposals are worth keeping: a client's text has about six probes.
LARGE = EXACT // 6
# How many groups a list may have where they are proposed: the deeper, the more of those that a scan
# would list are not among them.
DEEPEST = 400


@dataclass(frozen=True)
class Ranking:
    """Groups best first, with their scores: int64 (n,) and float64 (n,); `plan` tells how."""

    groups: Ints
    scores: np.ndarray[tuple[int], np.dtype[np.float64]]
    plan: str = ""


def search(
    fields: Mapping[str, Field],
    probes: Sequence[Probe],
    k: int,
    admitted: Mask,
    proposals: Proposals | None = None,
) -> Ranking:
    """The k best of the admitted groups; equal scores in group order.

    `admitted` is bool (groups,). Returns min(k, admitted groups) distinct groups, and up to
    `DEEPEST` where they are proposed. Whatever k is, they are the beginning of the same list.
    Without `proposals` every search is exact.
    """
    if k < 1:
        raise BadInput("at least one result must be asked for")
    if not probes or any(p.weight <= 0 for p in probes):
        raise BadInput("a search needs probes, each with a weight above 0")
    groups = np.flatnonzero(admitted)
    if len(groups) == 0:
        return Ranking(groups, np.empty(0), "exact: nobody is admitted")
    share = len(groups) / len(admitted)
    used = Counter(probe.field for probe in probes)
    work = share * sum(len(fields[f]) * (n + fields[f].decoding) for f, n in used.items())
    plan = f"exact: all of {len(groups)} admitted groups scored"
    if proposals is not None and work > EXACT:
        proposed = proposals.nearest(probes, DEEPEST, admitted)
        for probe in probes:
            field = fields[probe.field]
            if isinstance(field, Words):  # whom no vector would tell
                holders = admitted & field.holding(probe.vector)
                if holders.any():
                    named = proposals.nearest(probes, DEEPEST, holders)
                    proposed = np.union1d(proposed, named)
        plan = f"approximate: {len(proposed)} of {len(groups)} admitted groups proposed and scored"
        groups, k = proposed, min(k, DEEPEST)
    scores = score(fields, probes, groups)
    order = np.lexsort((groups, -scores))[:k]
    return Ranking(groups[order], scores[order], plan)


def score(
    fields: Mapping[str, Field], probes: Sequence[Probe], groups: Ints
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The scores of these groups, float64 (n,)."""
    total = np.zeros(len(groups))
    for name in dict.fromkeys(probe.field for probe in probes):
        mine = [probe for probe in probes if probe.field == name]
        best = fields[name].best(np.stack([probe.vector for probe in mine]), groups)
        for probe, scores in zip(mine, best, strict=True):
            total += probe.weight * scores
    return total
