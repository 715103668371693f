"""ZIP codes and where they lie."""

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
import pyarrow as pa

Zips = Mapping[str, tuple[float, float]]  # latitude and longitude in degrees by ZIP code


class ZipTable(Zips):
    """ZIP codes read in place from a table in their order; a dict of them takes ten megabytes."""

    def __init__(self, table: pa.Table) -> None:
        """Take what `zip_columns` makes."""
        self.table = table

    @cached_property
    def _codes(self) -> np.ndarray[tuple[int], np.dtype[np.bytes_]]:
        return np.array(self.table["zip"].to_numpy(), dtype="S5")

    def __getitem__(self, code: str) -> tuple[float, float]:
        """The place of a ZIP code; KeyError for one that is not known."""
        wanted = code.encode("ascii", "replace")
        at = int(np.searchsorted(self._codes, np.bytes_(wanted)))
        if at == len(self._codes) or self._codes[at] != wanted:
            raise KeyError(code)
        return self.table["latitude"][at].as_py(), self.table["longitude"][at].as_py()

    def __iter__(self) -> Iterator[str]:
        """Iterate over the codes in order."""
        return iter(self.table["zip"].to_pylist())

    def __len__(self) -> int:
        return len(self.table)


def zip_columns(zips: Zips) -> pa.Table:
    """The table of ZIP codes in order, with their places."""
    if isinstance(zips, ZipTable):
        return zips.table
    codes = sorted(zips)
    return pa.table(
        {
            "zip": pa.array(codes, pa.string()),
            "latitude": pa.array([zips[code][0] for code in codes], pa.float64()),
            "longitude": pa.array([zips[code][1] for code in codes], pa.float64()),
        }
    )
