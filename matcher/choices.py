"""What a directory offers to choose from: for each filter, the values its therapists state."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from index.rows import Mask
from matcher.filters import LISTS
from matcher.records import Therapist
from matcher.taxonomy import key


def choices(
    columns: pa.Table, present: Mask, therapist: Callable[[int], Therapist]
) -> Mapping[str, tuple[str, ...]]:
    """For each filter with a list of values, those stated somewhere, in the directory's spelling.

    `present` is bool (groups,); `therapist` gives a group's. States are given by code, issues
    and approaches by slug; all are in alphabetical order.
    """
    found = {name: tuple(_spelled(columns, present, therapist, name)) for name in LISTS}
    found["state"] = tuple(code.upper() for code in _distinct(columns, present, "state"))
    for name in ("issues", "approaches"):
        found[name] = _distinct(columns, present, name)
    return found


def stated(columns: pa.Table, present: Mask, name: str) -> pa.Array:
    """Every value in this column of lists that somebody present states."""
    return columns[name].filter(pa.array(present)).combine_chunks().flatten()


def _distinct(columns: pa.Table, present: Mask, name: str) -> tuple[str, ...]:
    return tuple(sorted(stated(columns, present, name).unique().to_pylist()))


def _spelled(
    columns: pa.Table, present: Mask, therapist: Callable[[int], Therapist], name: str
) -> Iterator[str]:
    """Each value of a column as the first who states it spells it; one record is read for each."""
    lists = columns[name].combine_chunks()
    held, holders = lists.flatten(), pc.list_parent_indices(lists).to_numpy()
    kept = present[holders]
    codes, firsts = np.unique(held.indices.to_numpy()[kept], return_index=True)
    holder = dict(zip(held.dictionary.take(codes).to_pylist(), holders[kept][firsts], strict=True))
    for value in sorted(holder):
        own = therapist(int(holder[value])).record[name]
        every = [own] if isinstance(own, str) else own
        yield next(spelling for spelling in every if key(spelling) == value)
