"""The few pieces of Markdown a report is made of, and how numbers are written in it."""

from collections.abc import Iterable, Sequence

from benchmarks.metrics import Spread

NAMES = {
    "ours": "this engine",
    "naive": "sentence-transformers + FAISS",
    "chroma": "Chroma",
    "txtai": "txtai",
    "milvus_lite": "Milvus Lite",
    "lancedb": "LanceDB",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are numbers, on the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def listed(names: Iterable[str]) -> list[str]:
    """The contestants in the order of NAMES; unknown ones last."""
    order = list(NAMES)
    return sorted(names, key=lambda name: order.index(name) if name in order else len(order))


def ms(ns: float) -> str:
    """Nanoseconds as milliseconds."""
    return f"{ns / 1e6:.1f} ms"


def over(rounds: int) -> str:
    """What figures are medians over."""
    return "one round" if rounds == 1 else f"{rounds} rounds"


def times(ratio: Spread) -> str:
    """A ratio, with its least and greatest round where they differ."""
    if ratio.least == ratio.greatest:
        return f"{ratio.median:.2f}"
    return f"{ratio.median:.2f} ({ratio.least:.2f} to {ratio.greatest:.2f})"
