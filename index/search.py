"""Exact search for groups: weighted probes over several fields of rows.

The score of a group is the sum over the probes of weight times the best inner product between
the probe's vector and the group's rows in the probe's field. FAISS proposes rows, numpy rescores
the groups they belong to, and the threshold algorithm (Fagin, Lotem, Naor 2003) says when no
group that was not proposed can still belong to the answer: exact, without scoring every group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.errors import BadInput
from index.rows import Ints, Mask, Rows
from index.vectors import Floats

# Two ways of summing 384 products differ by less than this.
NOISE = 1e-5


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


def search(fields: Mapping[str, Rows], probes: Sequence[Probe], k: int, admitted: Mask) -> Ranking:
    """The k best of the admitted groups; equal scores in group order.

    `admitted` is bool (groups,). Returns min(k, admitted groups) distinct groups.
    """
    _check(probes, k)
    qualifying = np.flatnonzero(admitted)
    if len(qualifying) == 0:
        return Ranking(qualifying, np.empty(0), "exact: nobody is admitted")
    everyone = len(qualifying) == len(admitted)
    masks = {p.field: None if everyone else admitted[fields[p.field].group] for p in probes}
    totals = {f: fields[f].flat.ntotal if m is None else int(m.sum()) for f, m in masks.items()}
    n = max(64, 4 * k)
    while True:
        candidates, unseen = _propose(fields, probes, n, masks, totals)
        if n >= max(totals.values()):
            candidates = qualifying
        scores = score(fields, probes, candidates)
        order = np.lexsort((candidates, -scores))[:k]
        complete = len(candidates) == len(qualifying)
        if complete or (len(order) == k and scores[order[-1]] > unseen + NOISE):
            plan = (
                f"exact: {min(n, max(totals.values()))} nearest rows for each of {len(probes)} "
                f"probes, {len(candidates)} of {len(qualifying)} admitted groups rescored"
            )
            return Ranking(candidates[order], scores[order], plan)
        n *= 4


def score(
    fields: Mapping[str, Rows], probes: Sequence[Probe], groups: Ints
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The scores of these groups, float64 (n,), summed in the order of the probes."""
    total = np.zeros(len(groups))
    for probe in probes:
        total += probe.weight * fields[probe.field].best(probe.vector, groups)[0]
    return total


def _propose(
    fields: Mapping[str, Rows],
    probes: Sequence[Probe],
    n: int,
    masks: Mapping[str, Mask | None],
    totals: Mapping[str, int],
) -> tuple[Ints, float]:
    """Groups of each probe's n nearest rows, and a bound on the score of every other group."""
    found: list[Ints] = []
    bound = 0.0
    for name, mask in masks.items():
        rows, mine = fields[name], [p for p in probes if p.field == name]
        reach = min(n, totals[name])
        scores, numbers = rows.nearest(np.stack([p.vector for p in mine]), reach, mask)
        found.append(rows.group[numbers.ravel()])
        bound += sum(p.weight * float(tail) for p, tail in zip(mine, scores[:, -1], strict=True))
    return np.unique(np.concatenate(found)), bound


def _check(probes: Sequence[Probe], k: int) -> None:
    if k < 1:
        raise BadInput("at least one result must be asked for")
    if not probes or any(p.weight <= 0 for p in probes):
        raise BadInput("a search needs probes, each with a weight above 0")
