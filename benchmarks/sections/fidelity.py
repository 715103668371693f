"""What integers and one pass a text cost in quality, and bring in time."""

from collections.abc import Iterator
from pathlib import Path

from benchmarks import raw
from benchmarks.markdown import ms, table
from benchmarks.metrics import percentile

HEAD = ("set", "encoder", "passes a text", "nDCG@10", "first ten kept", "encoding, p50")


def section(folder: Path, out: Path) -> Iterator[str]:
    """One row a setting, floats with one pass first."""
    found = raw.read(folder, "fidelity")
    if found is None:
        return
    yield "## Integers and one pass"
    yield (
        "The whole engine with its encoder in 32-bit floats and in 8-bit integers, and with "
        "struggles read in the text's own pass or by a pass for each. `Long windows` cuts a "
        "client's text only where the model would, not at half of that. nDCG@10 is averaged over "
        "topics; `first ten kept` is the share of the first ten of floats and one pass that the "
        "setting finds as well."
    )
    rows = [
        (
            f"{row['set']} ({row['queries']} queries, {row['topics']} topics)",
            row["precision"],
            row["passes"],
            f"{row['nDCG@10']:.4f}",
            f"{row['overlap']:.3f}",
            ms(percentile(row["ns"], 50)),
        )
        for row in found
    ]
    yield table(HEAD, rows)
