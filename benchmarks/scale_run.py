"""Stage 2 of the scale case, in a process of its own: times searches, then checks them.

    python -m benchmarks.scale_run < job.json

Started by benchmarks.scale.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.feather as feather

from benchmarks import raw
from benchmarks.data import spread
from benchmarks.metrics import TIE
from benchmarks.scale_data import SHARES
from benchmarks.worker import WARM_UP, memory, resident
from index.engine import COLUMNS
from index.fields import CURVE, EVEN, Density, Field, Values
from index.filters import AnyOf, Terms, admitted
from index.probes import Probe
from index.proposals import Proposals, Proposing
from index.rows import Rows
from index.search import Ranking, search
from index.versions import Version
from index.words import Words
from matcher import Matcher
from matcher.contents import (
    DECLARED,
    HUBS,
    HUBS_FILE,
    ISSUES,
    PASSAGES,
    SECTIONS,
    WORDS,
    Contents,
    declared,
    proposed_by,
)
from matcher.query import Query
from matcher.ranking import Weights
from matcher.ranking import probes as probes_of
from matcher.taxonomy import Taxonomy

LIMIT = 10
EXACT_TEXTS = 20  # answered by scoring everyone as well, to see where proposals pay
EXACT_MOST = 1_200_000  # passages; beyond, scoring everyone is out of the question
CHUNK = 20_000  # therapists scored at a time by the check

Scores = npt.NDArray[np.float32]


def main() -> None:
    """Do the job."""
    job = json.load(sys.stdin)
    out = Path(job["out"])
    contents = Matcher.open(out / "prepared" / "ours" / "index").contents
    queries = queries_of(out, contents, job["texts"])
    case = Case(out / "scale", contents.taxonomy)
    figures: dict[str, Any] = job["facts"] | {"rounds": job["rounds"]}
    figures["cases"] = [case.timed(share, queries, job["rounds"]) for share in SHARES]
    figures["memory"] = resident() | {"peak": memory()[1]}
    if figures[PASSAGES] <= EXACT_MOST and case.proposals:
        figures["scoring everyone"] = case.exact(queries[:EXACT_TEXTS])
    truth = case.truth([probes for _, probes in queries])
    for found in figures["cases"]:
        for answer, scores in zip(found["queries"], truth, strict=True):
            answer["recall"] = case.recall(answer["ids"], scores, found["share"])
    raw.write(out / "raw", f"scale-{figures[PASSAGES]}", figures)


class Case:
    """A directory of made vectors, mapped into memory as a version's are; or a version of them."""

    def __init__(self, folder: Path, taxonomy: Taxonomy, version: Version | None = None) -> None:
        for path in folder.iterdir():  # as opening a version does, which checks their hashes
            with path.open("rb") as file:
                hashlib.file_digest(file, "sha256")
        rows = version.rows if version else partial(Rows.load, folder)
        self.columns = feather.read_table(folder / COLUMNS).combine_chunks()
        self.texts = {name: rows(name) for name in (SECTIONS, PASSAGES)}
        self.fields: dict[str, Field] = {
            SECTIONS: Density(self.texts[SECTIONS]),
            PASSAGES: self.texts[PASSAGES],
            WORDS: Words.load(folder, WORDS),
            ISSUES: rows(ISSUES),
            HUBS: Values(np.load(folder / HUBS_FILE)),
            DECLARED: declared(self.columns, taxonomy),
        }
        fields = proposed_by(self.texts[SECTIONS].vectors.width, taxonomy)
        self.proposals: Proposing | None = None
        if version:
            self.proposals = version.proposals(fields)
        elif Proposals.saved(folder):
            self.proposals = Proposals.load(folder, fields)

    def search(self, share: float, probes: Sequence[Probe]) -> Ranking:
        """What a request does once its text is encoded."""
        conditions = [AnyOf("share", (str(share),))] if share < 1 else []
        mask = admitted(self.columns, conditions)
        return search(self.fields, probes, LIMIT, mask, self.proposals, Terms(conditions))

    def timed(
        self, share: float, queries: Sequence[tuple[str, list[Probe]]], rounds: int
    ) -> dict[str, Any]:
        """Each query's times over the rounds in nanoseconds, and its answer."""
        for _, asked in queries[:WARM_UP]:
            self.search(share, asked)
        found: list[dict[str, Any]] = [{"id": id_, "ns": []} for id_, _ in queries]
        for _ in range(rounds):
            for answer, (_, probes) in zip(found, queries, strict=True):
                begun = perf_counter_ns()
                ranking = self.search(share, probes)
                answer["ns"].append(perf_counter_ns() - begun)
                answer["ids"] = ranking.groups.tolist()
                answer["scores"] = ranking.scores.round(raw.DIGITS).tolist()
                answer["plan"] = ranking.plan.partition(":")[0]
        return {"share": share, "queries": found}

    def exact(self, queries: Sequence[tuple[str, list[Probe]]]) -> list[int]:
        """Nanoseconds of scoring every therapist, for each query."""
        everyone = np.ones(len(self.columns), dtype=np.bool_)
        times = []
        for _, asked in queries:
            begun = perf_counter_ns()
            search(self.fields, asked, LIMIT, everyone)
            times.append(perf_counter_ns() - begun)
        return times

    def truth(self, queries: Sequence[list[Probe]]) -> Scores:
        """Every therapist's scores by plain products: float32 (queries, therapists)."""
        total = np.zeros((len(queries), len(self.columns)), dtype=np.float32)
        for name, field in self.fields.items():
            if name not in (SECTIONS, PASSAGES):
                for place, asked in enumerate(queries):
                    own = [probe for probe in asked if probe.field == name]
                    for probe in own:
                        scores = field.best(probe.vector[None, :], np.arange(total.shape[1]))[0]
                        total[place] += probe.weight * scores
                continue
            rows = self.texts[name]
            mine = [[p for p in probes if p.field == name] for probes in queries]
            vectors = np.stack([p.vector for probes in mine for p in probes])
            weights = np.array([p.weight for probes in mine for p in probes], dtype=np.float32)
            begins = np.cumsum([0, *map(len, mine[:-1])])
            for first in range(0, len(self.columns), CHUNK):
                last = min(first + CHUNK, len(self.columns))
                starts = rows.starts[first : last + 1]
                products = rows.take(np.arange(starts[0], starts[-1])) @ vectors.T
                begins_at = starts[:-1] - starts[0]
                if name == SECTIONS:
                    near = np.exp(CURVE * (products - EVEN)) / CURVE
                    best = np.add.reduceat(near, begins_at, axis=0) / np.diff(starts)[:, None]
                else:
                    best = np.maximum.reduceat(products, begins_at, axis=0)
                total[:, first:last] += np.add.reduceat(best * weights, begins, axis=1).T
        return total

    def recall(self, ids: list[int], scores: Scores, share: float) -> float:
        """The share of the exact first ten that was found; ties count as found."""
        conditions = [AnyOf("share", (str(share),))] if share < 1 else []
        mask = admitted(self.columns, conditions)
        wanted = min(LIMIT, int(mask.sum()))
        if len(set(ids)) != wanted or not mask[ids].all():
            raise AssertionError(f"an answer is not {wanted} admitted therapists")
        if not wanted:
            return 1.0
        least = np.partition(scores[mask], -wanted)[-wanted]
        return round(float((scores[ids] >= least - TIE).mean()), 3)


def queries_of(out: Path, contents: Contents, count: int) -> list[tuple[str, list[Probe]]]:
    """Texts' ids and what the index is asked for them."""
    lines = (out / "data" / "texts.jsonl").read_text("utf-8").splitlines()
    texts = spread([json.loads(line) for line in lines], count)
    weights = Weights.packaged()
    asked = ((text["id"], Query.of(text["text"], contents)) for text in texts)
    return [(id_, probes_of(query, contents, weights)) for id_, query in asked]


if __name__ == "__main__":
    main()
