"""Search for groups: weighted probes over several fields.

The score of a group is the sum over the probes of weight times what the probe's field gives it;
for a field of rows that is the best inner product between the probe's vector and the group's
rows. While that is little work, every admitted group is scored. Beyond, some groups are proposed,
and these alone are scored, exactly as before; the plan then says `approximate`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.errors import BadInput
from index.fields import Field
from index.filters import Terms
from index.probes import Probe
from index.proposals import Proposing
from index.rows import Ints, Mask
from index.words import Words

# Products of a row and a probe up to which everyone is scored; `benchmarks.scale` measures both
# ways.
EXACT = 100_000
# Rows in all from which on proposals are worth keeping: a client's text has about six probes.
LARGE = EXACT // 6
# Where groups are proposed, the first so many are the best of so many proposals, since others than
# the nearest to one vector may be the best by all. Who lists more gets the rest, as deep as this,
# from more proposals: the deeper, the more of those whom a scan would list are not among them.
FIRST, ASKED = 25, 400
DEEPEST, ASKED_DEEP = 400, 1_600


@dataclass(frozen=True)
class Ranking:
    """Groups best first, with their scores: int64 (n,) and float64 (n,); `plan` tells how."""

    groups: Ints
    scores: np.ndarray[tuple[int], np.dtype[np.float64]]
    plan: str = ""

    def first(self, k: int) -> "Ranking":
        """The k best of them."""
        return Ranking(self.groups[:k], self.scores[:k], self.plan)


def search(
    fields: Mapping[str, Field],
    probes: Sequence[Probe],
    k: int,
    admitted: Mask,
    proposals: Proposing | None = None,
    terms: Terms | None = None,
) -> Ranking:
    """The k best of the admitted groups; equal scores in group order.

    `admitted` is bool (groups,), and `terms` say what it follows from. Returns
    min(k, admitted groups) distinct groups, and no more than `DEEPEST` where groups are proposed.
    Without `proposals` every search is exact. Either way the groups for a smaller k are the
    beginning of those for a larger one.
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
    if proposals is None or work <= EXACT:
        plan = f"exact: all of {len(groups)} admitted groups scored"
        return _best(fields, probes, groups, plan).first(k)
    return _proposed(fields, probes, min(k, DEEPEST), admitted, proposals, terms)


def _proposed(
    fields: Mapping[str, Field],
    probes: Sequence[Probe],
    k: int,
    admitted: Mask,
    proposals: Proposing,
    terms: Terms | None,
) -> Ranking:
    """The k best that are proposed."""

    def best(asked: int, least: int) -> Ranking:
        groups = proposals.nearest(probes, asked, least, admitted, terms)
        for probe in probes:
            field = fields[probe.field]
            if isinstance(field, Words):  # whom no vector would tell
                holders = admitted & field.holding(probe.vector)
                if holders.any():
                    words = field.numbers(probe.vector)
                    named = proposals.nearest(probes, asked, least, holders, terms, words)
                    groups = np.union1d(groups, named)
        plan = f"approximate: {len(groups)} of {admitted.sum()} admitted groups proposed and scored"
        return _best(fields, probes, groups, plan)

    if admitted.sum() <= DEEPEST:
        return best(ASKED, DEEPEST).first(k)  # of them all
    first = best(ASKED, FIRST).first(FIRST)
    if k <= FIRST:
        return first.first(k)
    # One who should have stood among the first comes no more: else pages would overlap.
    rest = best(ASKED_DEEP, DEEPEST + FIRST)
    last, least = first.groups[-1], first.scores[-1]
    after = (rest.scores < least) | ((rest.scores == least) & (rest.groups > last))
    groups = np.concatenate([first.groups, rest.groups[after]])
    return Ranking(groups, np.concatenate([first.scores, rest.scores[after]]), rest.plan).first(k)


def _best(fields: Mapping[str, Field], probes: Sequence[Probe], groups: Ints, plan: str) -> Ranking:
    """All these groups, best first."""
    scores = score(fields, probes, groups)
    order = np.lexsort((groups, -scores))
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
