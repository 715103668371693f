"""What was measured, on what."""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import raw
from benchmarks.markdown import NAMES, listed


def section(folder: Path, out: Path) -> Iterator[str]:
    """The sets, the machine and the versions."""
    facts, machine = raw.read(folder, "facts"), raw.read(folder, "machine")
    if facts is None or machine is None:
        return
    yield "## What was measured"
    yield sets(facts)
    yield f"{hardware(machine)} {_code(machine)} {_company(folder)}".strip()
    yield "\n".join(_versions(folder))


def sets(facts: dict[str, Any]) -> str:
    """Which texts and which directory, in a sentence."""
    texts, directory = facts["texts"], facts["directory"]
    return (
        f"{texts['count']} of {texts['of']} {texts['set']}, median length "
        f"{texts['median_characters']:g} characters, over {directory['therapists']} therapists "
        f"with {directory['statements']} statements ({directory['set']})."
    )


def hardware(machine: dict[str, Any]) -> str:
    """The machine in a sentence."""
    flags = ", ".join(machine["flags"]) or "no vector extensions that matter here"
    return (
        f"{machine['cores']} cores of {machine['cpu']} ({flags}), "
        f"{machine['memory_bytes'] / 2**30:.0f} GiB of memory, {machine['system']}, "
        f"Python {machine['python']}; no GPU is used."
    )


def another(folder: Path, case: str) -> str:
    """Where a case was measured, in a sentence, if not on the machine that the report begins with.

    Times of two machines, or of two days on a shared one, are not to be held against one another.
    """
    main, own = raw.read(folder, "machine"), raw.read(folder, f"{case}-machine")
    if own is None or (main and hardware(own) == hardware(main)):
        return ""
    return f"Measured on another machine: {hardware(own)} {_code(own)}"


def _code(machine: dict[str, Any]) -> str:
    commit = (machine["commit"] or "unknown")[:10]
    changed = " with uncommitted changes" if machine["dirty"] else ""
    set_ = machine["threads"]
    threads = ", ".join(f"{k}={v}" for k, v in set_.items()) if set_ else "as the libraries choose"
    return (
        f"Code: commit {commit}{changed}. Threads: {threads}. Load over the minute before the "
        f"first round: {machine['load']:.2f}."
    )


def _company(folder: Path) -> str:
    """How much other processes did meanwhile."""
    told = [run.elsewhere for runs in raw.runs(folder).values() for run in runs]
    known = [cores for cores in told if cores is not None]
    if not known:
        return ""
    return (
        f"While answers were timed, other processes used {statistics.median(known):.2f} cores in "
        f"the median run and {max(known):.2f} in the worst: the nearer to 0, the more the times "
        "mean."
    )


def _versions(folder: Path) -> Iterator[str]:
    runs = raw.runs(folder)
    for name in listed(runs):
        first = runs[name][0]
        libraries = ", ".join(f"{library} {v}" for library, v in first.versions.items())
        yield f"- {NAMES.get(name, name)}: {libraries}"
