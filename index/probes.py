"""What a search asks for."""

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt


@dataclass(frozen=True)
class Probe:
    """One thing to search a field with, and a weight above 0.

    `vector` is what the field takes: float32 (width,), or words' keys, uint64 (words,).
    """

    field: str
    vector: npt.NDArray[Any]
    weight: float
