"""FAISS in a folder beside Milvus Lite on the same work, and what a far larger index would need."""

import statistics
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import raw
from benchmarks.markdown import ms, over, table, times
from benchmarks.metrics import percentile, ratios
from benchmarks.scale_data import PASSAGES_EACH
from benchmarks.sections.machine import another

FAISS, MILVUS = "FAISS", "Milvus Lite"
COST = (
    "passages", "therapists", "published, FAISS", "published, Milvus Lite", "on disk, FAISS",
    "on disk, Milvus Lite", "vectors, FAISS maps", "memory, Milvus Lite's server",
)  # fmt: skip
SEARCH = (
    "passages", "admitted", "FAISS", "Milvus Lite", "times FAISS's", "same ten",
    "recall@10, FAISS", "recall@10, Milvus Lite",
)  # fmt: skip
MANY = 100_000_000  # passages
KEPT, TOLD = 2 * 4 / 3, "2 × 4/3 bytes"  # of a component: half precision, as base64

Figures = Mapping[str, Any]


def section(folder: Path, out: Path) -> Iterator[str]:
    """What publishing and searching cost with either."""
    sizes = _sizes(folder)
    if not sizes:
        return
    yield "## FAISS and Milvus Lite"
    yield from _measured(folder, sizes)


def measured(folder: Path) -> str:
    """The same, for the page on Milvus. Raises ValueError where it was not measured."""
    return "\n\n".join(_measured(folder, _known(folder)))


def hundred(folder: Path) -> str:
    """What a hundred million passages would need, worked out from the largest size measured.

    Raises ValueError where none was.
    """
    found = _known(folder)[-1]
    therapists = MANY / PASSAGES_EACH
    width, sections = found["width"], found["sections"] / found["therapists"]
    issues, files = found["issues"], found["sample"]["files"]
    listed = found["engines"][FAISS]["lists"] / found["therapists"]
    each = found["sample"]["counts"]["therapists"]
    passages = found["sample"]["counts"]["passages"]
    copied = (files["therapists.arrow"] + files["columns.arrow"] + files["words.arrow"]) / each
    table_bytes = files["passages.arrow"] / passages * PASSAGES_EACH
    looked_up = _looked_up(found)
    rows = looked_up * (PASSAGES_EACH + sections)
    sent = (rows * width + looked_up * issues) * KEPT
    lines = [
        (
            "therapists",
            f"{MANY / 1e6:.0f} million / {PASSAGES_EACH}",
            f"{therapists / 1e6:.1f} million",
        ),
        (
            "passages' vectors, read from disk",
            f"{MANY / 1e6:.0f} million × {width} × {TOLD}",
            _gb(MANY * width * KEPT),
        ),
        (
            "sections' vectors, read from disk",
            f"{therapists / 1e6:.1f} million × {sections:.1f} × {width} × {TOLD}",
            _gb(therapists * sections * width * KEPT),
        ),
        (
            "profiles over the issues",
            f"{therapists / 1e6:.1f} million × {issues} × {TOLD}",
            _gb(therapists * issues * KEPT),
        ),
        (
            "the index that proposes therapists, in memory",
            f"{therapists / 1e6:.1f} million × {listed:.0f} bytes, as FAISS's lists have them",
            _gb(therapists * listed),
        ),
        (
            "copied to each machine that serves: records, columns, words",
            f"{therapists / 1e6:.1f} million × {copied:,.0f} bytes, as of the sample",
            _gb(therapists * copied),
        ),
        (
            "copied as well: where each passage stands",
            f"{therapists / 1e6:.1f} million × {table_bytes:,.0f} bytes",
            _gb(therapists * table_bytes),
        ),
        (
            "sent for a search",
            f"{looked_up:.0f} therapists × {PASSAGES_EACH + sections:.1f} rows × {width} × {TOLD}, "
            "and their profiles",
            f"{sent / 1e6:.1f} MB",
        ),
        (
            "sent at 100 searches a second",
            f"100 × {sent / 1e6:.1f} MB",
            f"{100 * sent * 8 / 1e9:.1f} Gbit/s",
        ),
    ]
    return table(("", "worked out", "comes to"), lines)


def _measured(folder: Path, sizes: Sequence[Figures]) -> Iterator[str]:
    texts = len(sizes[0]["shares"][0]["engines"][FAISS])
    yield (
        "The same made vectors as under scale, published once into a folder and once into Milvus "
        f"Lite, which a process of its own serves. {texts} texts, encoded beforehand, are asked of "
        f"both in turn, in {over(sizes[0]['rounds'])}; timed is the filter and the search, at the "
        "median. Every answer is held against an exact scan. Up to 30,000 rows of either kind are "
        "kept in the process that searches, whichever the engine: there, and under narrow filters, "
        "Milvus has little to do. Milvus Lite is written in Python, for trying things out: a "
        "cluster's own times are not these. "
        f"{another(folder, 'engines')}".strip()
    )
    yield table(SEARCH, (_row(found, share) for found in sizes for share in found["shares"]))
    yield table(COST, map(_cost, sizes))
    told = [
        f"{found['passages']:,} passages: {_a_second(found, FAISS)} with FAISS, "
        f"{_a_second(found, MILVUS)} with Milvus Lite"
        for found in sizes
    ]
    yield f"Searches of everybody a second, in two threads: {'; '.join(told)}."


def _row(found: Figures, share: Figures) -> list[str]:
    mine, theirs = (share["engines"][name] for name in (FAISS, MILVUS))
    rounds = range(found["rounds"])
    beside = ratios(
        [statistics.median(query["ns"][n] for query in theirs) for n in rounds],
        [statistics.median(query["ns"][n] for query in mine) for n in rounds],
    )
    same = statistics.fmean(a["ids"] == b["ids"] for a, b in zip(mine, theirs, strict=True))
    return [
        f"{found['passages']:,}",
        f"{100 * share['share']:g} %",
        *(ms(percentile([ns for q in its for ns in q["ns"]], 50)) for its in (mine, theirs)),
        times(beside),
        f"{100 * same:.0f} %",
        *(f"{statistics.fmean(q['recall'] for q in its):.4f}" for its in (mine, theirs)),
    ]


def _cost(found: Figures) -> list[str]:
    mine, theirs = (found["engines"][name] for name in (FAISS, MILVUS))
    return [
        f"{found['passages']:,}",
        f"{found['therapists']:,}",
        *(f"{its['seconds']:.1f} s" for its in (mine, theirs)),
        *(f"{its['bytes'] / 1e6:.0f} MB" for its in (mine, theirs)),
        *(f"{its['memory'] / 1e6:.0f} MB" for its in (mine, theirs)),
    ]


def _a_second(found: Figures, engine: str) -> str:
    return f"{found['engines'][engine]['a_second']:.1f}"


def _looked_up(found: Figures) -> float:
    """How many therapists are scored where everybody qualifies, at the mean."""
    plans = [query["plan"] for query in found["shares"][0]["engines"][MILVUS]]
    return statistics.fmean(int(plan.split(": ")[1].split()[0]) for plan in plans)


def _sizes(folder: Path) -> list[Figures]:
    found = [raw.read(folder, path.stem) for path in folder.glob("engines-*.json")]
    return sorted((f for f in found if "engines" in f), key=lambda figures: figures["passages"])


def _known(folder: Path) -> list[Figures]:
    if not (sizes := _sizes(folder)):
        raise ValueError(f"{folder} holds no engines' figures: run benchmarks.engines first")
    return sizes


def _gb(count: float) -> str:
    return f"{count / 1e9:.1f} GB"
