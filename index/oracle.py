"""The plain scan that the fast search must agree with, behind the same verb."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from index.fields import CURVE, EVEN, Density, Field, Marks, Values
from index.middles import Middles
from index.probes import Probe
from index.rows import Mask, Rows
from index.search import Ranking
from index.words import ENOUGH, Words


def scan(fields: Mapping[str, Field], probes: Sequence[Probe], k: int, admitted: Mask) -> Ranking:
    """Score every admitted group by the definition of each field, in float64, and sort."""
    groups = np.flatnonzero(admitted)
    scores = np.zeros(len(groups))
    for probe in probes:
        scores += probe.weight * _scores(fields[probe.field], probe.vector)[groups]
    order = np.lexsort((groups, -scores))[:k]
    return Ranking(groups[order], scores[order])


def _scores(field: Field, query: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Every group's score, float64 (groups,)."""
    wanted = query.astype(np.float64)
    if isinstance(field, Rows):
        products = field.take(np.arange(len(field))).astype(np.float64) @ wanted
        numbers = range(field.group[-1] + 1)
        return np.array([products[field.group == number].max() for number in numbers])
    if isinstance(field, Density):
        near = np.exp(CURVE * (field.rows.take(np.arange(len(field))) @ wanted - EVEN)) / CURVE
        numbers = range(field.rows.group[-1] + 1)
        return np.array([near[field.rows.group == number].mean() for number in numbers])
    if isinstance(field, Middles):
        vectors = field.rows.take(np.arange(len(field))).astype(np.float64)
        numbers = range(field.rows.group[-1] + 1)
        sums = [vectors[field.rows.group == number].sum(axis=0) for number in numbers]
        return np.array([total @ wanted / np.linalg.norm(total) for total in sums])
    if isinstance(field, Marks):
        return np.array([_marked(field, marks or [], wanted) for marks in field.column.to_pylist()])
    if isinstance(field, Values):
        values: npt.NDArray[np.float64] = field.numbers.astype(np.float64)
        return values * float(wanted[0])
    if isinstance(field, Words):
        spans = zip(field.keys.tolist(), field.starts[:-1], field.starts[1:], strict=True)
        holders = {key: set(field.holders[start:end].tolist()) for key, start, end in spans}
        rarity = dict(zip(field.keys.tolist(), field.rarity.tolist(), strict=True))
        held = [
            sum(rarity[key] for key in query.tolist() if group in holders.get(key, ()))
            for group in range(field.groups)
        ]
        return 1 - np.exp(-np.array(held) / ENOUGH)
    raise TypeError(f"no definition for {type(field).__name__}")


def _marked(field: Marks, marks: list[str], wanted: npt.NDArray[np.float64]) -> float:
    known = [field.names.index(mark) for mark in marks if mark in field.names]
    return float(sum(wanted[number] for number in known) / max(len(known), 1) ** 0.5)
