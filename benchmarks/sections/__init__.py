"""The report's sections, one module each, in the order they are read.

A section is a function of the raw folder and of the folder where the report will lie: it yields
blocks of Markdown, heading first, writes its plots beside the report, and yields nothing where
its raw files are missing. To add one, write a module with a function `section` and name it here.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.sections import (
    costs,
    engines,
    exactness,
    fidelity,
    latency,
    load,
    machine,
    overload,
    profile,
    publishing,
    quality,
    safety,
    scale,
    smaller,
)

Section = Callable[[Path, Path], Iterator[str]]

SECTIONS: tuple[Section, ...] = (
    machine.section,
    quality.section,
    safety.section,
    latency.section,
    costs.section,
    load.section,
    publishing.section,
    overload.section,
    exactness.section,
    scale.section,
    engines.section,
    profile.section,
    fidelity.section,
    smaller.section,
)
