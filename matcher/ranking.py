"""Ranking: what of a client's text is held against what of a therapist, and how much it counts.

A therapist's score is a weighted sum of signals, each a probe into one field of the index:

- the whole text against all sections of what a therapist wrote, the nearer the more,
- each struggle against the nearest passage, so that one who answers all of a client's struggles
  stands before one who answers a single one,
- the issues that the text speaks of against those that the statements speak of (`matcher.bridge`),
  and against those that the therapist declares,
- rare words that both use,
- approaches that the text names or rules out against those practised,
- less what makes a therapist near to everything (`matcher.hubs`).

`data/ranking.toml` holds the weights; `benchmarks.fit` finds them.
"""

import tomllib
from dataclasses import dataclass, fields
from functools import cache

import numpy as np

from index.probes import Probe
from matcher.contents import (
    DECLARED,
    HUBS,
    ISSUES,
    PASSAGES,
    PRACTISED,
    SECTIONS,
    WORDS,
    Contents,
)
from matcher.files import DATA
from matcher.query import Query

RULED_OUT = -3.0  # what a ruled-out approach counts for, where one asked for counts 1


@dataclass(frozen=True)
class Weights:
    """How much each signal counts; 0 leaves it out. `data/ranking.toml` says what each is."""

    whole: float
    struggles: float
    issues: float
    declared: float
    practised: float
    words: float
    hubs: float
    slope: float
    middle: float
    good_match: float

    @classmethod
    @cache
    def packaged(cls) -> "Weights":
        """The weights that ship with the project."""
        read = tomllib.loads((DATA / "ranking.toml").read_text("utf-8"))
        return cls(**{field.name: float(read[field.name]) for field in fields(cls)})

    def calibrated(self, scores: np.ndarray[tuple[int], np.dtype[np.float64]]) -> list[float]:
        """Sums of signals as 0..1, rounded: see `slope` in the file."""
        likely = 1 / (1 + np.exp(-self.slope * (scores - self.middle)))
        return [round(float(score), 6) for score in likely]


def probes(query: Query, contents: Contents, weights: Weights) -> list[Probe]:
    """What to search the index with."""
    share = weights.struggles / len(query.spans)
    spoken = np.sqrt(query.issues)
    made = [
        Probe(SECTIONS, query.whole, weights.whole),
        *(Probe(PASSAGES, part, share) for part in query.parts),
        Probe(ISSUES, np.append(spoken, np.float32(0)), weights.issues),
        Probe(DECLARED, spoken, weights.declared),
        Probe(WORDS, query.words, weights.words),
        Probe(HUBS, np.array([-1], dtype=np.float32), weights.hubs),
    ]
    asked = [
        RULED_OUT if slug in query.ruled_out else float(slug in query.named)
        for slug in contents.taxonomy.approaches
    ]
    if any(asked):
        made.append(Probe(PRACTISED, np.array(asked, dtype=np.float32), weights.practised))
    return [probe for probe in made if probe.weight > 0]
