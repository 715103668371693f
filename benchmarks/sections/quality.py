"""How well the engine matches: every set's rows, who is shown, and the same need said twice."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import raw
from benchmarks.markdown import table
from matcher.evaluation import Row
from matcher.statistics import LEVEL

LEADING = "nDCG@10"
HEAD = ("", LEADING, f"{LEVEL:.0%} interval", "RR@10", "R@50", "beside the engine", "p")
KINDS = {"all": "all pairs"}


def section(folder: Path, out: Path) -> Iterator[str]:
    """A table a set, then exposure and pairs."""
    found = raw.read(folder, "quality")
    if found is None:
        return
    yield "## How well it matches"
    yield (
        "Through the engine as it is served. Figures are averages over a topic's queries, then "
        "over the topics. The interval is a bootstrap over queries. `Beside the engine` is what "
        f"the row's {LEADING} is above or below the engine's, and p how likely chance makes as "
        "large a difference (paired permutations): above 0.05 it says nothing. `Encoder alone` "
        "ranks by one cosine, `plain` is the encoder as published."
    )
    yield from _fit(folder)
    for its in found["sets"]:
        rows = [Row(row["name"], row["queries"]) for row in its["rows"]]
        queries = len(rows[0].sample(LEADING).values)
        topics = len(rows[0].topics)
        yield (
            f"**{its['set'].capitalize()}**: {its['therapists']} profiles, {queries} queries, "
            f"{topics} topics."
        )
        yield table(HEAD, [_cells(row, rows[0]) for row in rows])
    yield from _shown(found["shown"])
    yield from _same(found["same"])
    yield from _good(found["good"])
    yield from _wishes(found["wishes"])


# The README's rows: what each is called there.
SHORT = {
    "engine": "this engine",
    "plain encoder alone, best statement": "all-MiniLM-L6-v2, nearest statement",
    "BM25": "BM25",
    "random": "chance",
}


def summary(folder: Path) -> str:
    """The README's table: the engine beside its references, on every set."""
    found = raw.read(folder, "quality")
    if found is None:
        return "Not measured yet."
    every = [
        {row["name"]: Row(row["name"], row["queries"]) for row in its["rows"]}
        for its in found["sets"]
    ]
    rows = [
        (told, *(f"{its[name].sample(LEADING).mean:.3f}" for its in every))
        for name, told in SHORT.items()
    ]
    sizes = ", ".join(str(len(its["engine"].sample(LEADING).values)) for its in every)
    return "\n\n".join(
        [
            table(("", *(its["set"] for its in found["sets"])), rows),
            f"{LEADING}, averaged over topics, of {sizes} queries. The sample's therapists "
            "are fictional and its queries were written for it; `hidden` leaves out the issues and "
            "approaches they declare. CounselChat (development part) has real questions: `topics` "
            "ranks profiles made of answers, `answers` every single answer. The weights were "
            "fitted on these sets; the report says what that flatters.",
        ]
    )


def _fit(folder: Path) -> Iterator[str]:
    found = raw.read(folder, "fit")
    if found is None:
        return
    pairs = (f"{its['set']} {its['fitted']:.3f} / {its['left_out']:.3f}" for its in found)
    yield (
        "The weights were fitted on these very sets, which is kind to the engine. How kind shows "
        f"where they are fitted without a set and its kin ({LEADING} with it / without it): "
        f"{', '.join(pairs)}. Much else was chosen while these sets were looked at, and that no "
        "figure corrects for; the encoder also learnt from the answers that CounselChat's profiles "
        "are made of, though from none of its queries."
    )


def _cells(row: Row, engine: Row) -> tuple[str, ...]:
    sample = row.sample(LEADING)
    low, high = sample.interval()
    beside = chance = ""
    if row is not engine:
        gap = sample.mean - engine.sample(LEADING).mean
        beside = f"{gap:+.3f}".replace("-", "−")
        chance = f"{engine.sample(LEADING).difference(sample):.4f}"
    others = (f"{row.measures[name]:.3f}" for name in ("RR@10", "R@50"))
    return (row.name, f"{sample.mean:.3f}", f"{low:.3f} to {high:.3f}", *others, beside, chance)


def _shown(found: Mapping[str, Any]) -> Iterator[str]:
    yield "### Who is shown"
    yield (
        f"The first ten of {found['texts']} texts over the sample's {found['therapists']} "
        "therapists, what they declare hidden. `Never` is the share in no first ten, `Gini` 0 if "
        "all are shown alike, `ten most shown` their share of all places."
    )
    rows = [
        (
            f"{name} the correction for hubs",
            *(f"{its[key]:.3f}" for key in ("never", "gini", "most")),
        )
        for name, its in found["rows"].items()
    ]
    yield table(("", "never", "Gini", "ten most shown"), rows)


def _same(found: Mapping[str, Any]) -> Iterator[str]:
    yield "### The same need said twice"
    yield (
        f"{found['pairs']} pairs of texts that differ only in what must not matter, and how much "
        "of the first ten the two share."
    )
    kinds = found["kinds"]
    rows = [(KINDS.get(kind, kind), f"{share:.3f}") for kind, share in kinds.items()]
    yield table(("differing in", "shared"), rows)
    worst = ", ".join(f"{its['id']} ({its['overlap']:.1f})" for its in found["worst"])
    yield f"The worst, in `data/same_need.jsonl`: {worst}."


def _good(found: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    yield "### When nothing fits"
    yield (
        "How often the best match over the sample's therapists, what they declare hidden, is told "
        "to be a good one. The bound was set on the lines off topic."
    )
    rows = [(name, f"{its['texts']}", f"{its['good']:.3f}") for name, its in found.items()]
    yield table(("", "texts", "told a good match"), rows)


def _wishes(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    yield "### What clients wish and rule out"
    yield (
        "Hand-written lines, half of which wish for something. `Lines not seen` were never looked "
        "at while the rules were made. Precision counts a wish read in a line without any as wrong."
    )
    rows = [
        (
            "lines seen" if its["seen"] else "lines not seen",
            f"{its['wishing']} and {its['quiet']}",
            f"{its['right'] / (its['right'] + its['wrong'] + its['alarms']):.3f}",
            f"{its['right'] / (its['right'] + its['missed']):.3f}",
            f"{its['alarms']}",
        )
        for its in found
    ]
    yield table(("", "with and without a wish", "precision", "recall", "false alarms"), rows)
