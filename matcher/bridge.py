"""The bridge: texts of either voice placed among the taxonomy's issues, where the two can meet.

A client says what hurts, a therapist how they work; words and even meanings differ, the issue is
the same. For each voice a linear reader is fitted to lines written in it, one set of lines an
issue and one set that speaks of none: Fisher's discriminant, which weighs down what lines of the
same issue differ in anyway.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.rows import Ints
from index.vectors import Floats

# What is added to the covariance within issues, in averages of its diagonal: there are fewer lines
# than it has directions. Between 1 and 10 the figures hardly move.
SHRINKAGE = 3.0
FILE = "readers.npy"


@dataclass(frozen=True)
class Reader:
    """Reads one voice: float32 (issues + 1, width + 1), the last row none of the issues, the last
    column what is added.
    """

    weights: Floats

    @classmethod
    def fit(cls, lines: Floats, issue: Ints) -> "Reader":
        """Learn from lines: float32 (lines, width), each of an issue, int64 (lines,) from 0 on.

        In float64, so that the same lines give the same weights.
        """
        x = lines.astype(np.float64)
        middles = np.stack([x[issue == number].mean(axis=0) for number in range(issue.max() + 1)])
        centre, width = middles.mean(axis=0), x.shape[1]
        within = x - middles[issue]
        covariance = within.T @ within / len(x)
        covariance += SHRINKAGE * np.trace(covariance) / width * np.eye(width)
        slopes = np.linalg.solve(covariance, (middles - centre).T).T
        offsets = -0.5 * ((middles + centre) * slopes).sum(axis=1)
        return cls(np.column_stack([slopes, offsets]).astype(np.float32))

    def likelihoods(self, vectors: Floats) -> Floats:
        """How likely each text speaks of each issue, and last of none: float32 (texts, issues + 1),
        rows sum to 1.
        """
        scores = np.vecdot(vectors[:, None, :], self.weights[None, :, :-1]) + self.weights[:, -1]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely: Floats = scores / scores.sum(axis=1, keepdims=True)
        return likely


@dataclass(frozen=True)
class Bridge:
    """The readers of both voices."""

    clients: Reader
    therapists: Reader

    def profiles(self, statements: Floats, starts: Ints) -> Floats:
        """Each therapist's profile over the issues and none: float32 (therapists, issues + 1),
        length 1.

        `statements` is float32 (statements, width); `starts`, int64 (therapists,), says where each
        one's begin. Roots of likelihoods, so that the inner product of two profiles is the
        overlap of two distributions (Bhattacharyya's coefficient).
        """
        roots = np.sqrt(self.therapists.likelihoods(statements))
        sums = np.add.reduceat(roots, starts, axis=0)
        made: Floats = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return made

    def save(self, folder: Path) -> None:
        """Write both readers."""
        np.save(folder / FILE, np.stack([self.clients.weights, self.therapists.weights]))

    @classmethod
    def load(cls, folder: Path) -> "Bridge":
        """Read what `save` wrote."""
        return cls(*map(Reader, np.load(folder / FILE)))
