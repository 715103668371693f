"""Whether the answers are right: the referee's findings."""

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks import raw
from benchmarks.markdown import NAMES, listed, table

HEAD = ("", "recall@10, mean", "recall@10, least", "score off by at most")


def section(folder: Path, out: Path) -> Iterator[str]:
    """Recall and differences in score."""
    names = listed(
        path.stem.rsplit("-", 1)[1] for path in folder.glob(f"referee-{raw.CASE}-*.json")
    )
    if not names:
        return
    yield "## Exactness"
    yield (
        "Outside any timer every answer is computed again from raw vectors. This engine is held "
        "against a plain scan over all the vectors its version stores, the others against the "
        "float vectors of sentence-transformers, a therapist scored by the nearest statement. "
        "Recall@10 is the share of the ten right therapists that came out; the last column is the "
        "largest distance of a given score from the right one. Scores are kept to "
        f"{raw.DIGITS} digits."
    )
    rows = []
    for name in names:
        verdicts = raw.read(folder, f"referee-{raw.CASE}-{name}")
        recalls = [verdict["recall"] for verdict in verdicts]
        most = max(verdict["difference"] for verdict in verdicts)
        mean, least = statistics.fmean(recalls), min(recalls)
        rows.append((NAMES.get(name, name), f"{mean:.3f}", f"{least:.1f}", f"{most:.6f}"))
    yield table(HEAD, rows)
