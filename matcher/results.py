"""What a match request returns."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from matcher.evidence import Evidence
from matcher.records import Therapist
from matcher.safety import Crisis
from matcher.understanding import Understood


@dataclass(frozen=True)
class Match:
    """A therapist, how likely they help (0..1, see `data/ranking.toml`), and their own words."""

    therapist: Therapist
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Counts:
    """How many therapists there are, and how many of them meet the filters."""

    directory: int
    qualifying: int


@dataclass(frozen=True)
class Result:
    """Therapists best first; `good_match` is False where even the best fits poorly."""

    matches: Sequence[Match]
    good_match: bool
    understood: Understood = field(repr=False)
    counts: Counts
    crisis: Crisis | None = field(repr=False)
    version: str
    next_page: str | None  # what `page` takes for the matches after these; None at the end
    plan: str  # how the index was searched
    # What encoding the text and searching took: not part of the answer.
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False, repr=False)

    def body(self) -> dict[str, Any]:
        """The result as plain values, for JSON."""
        told = self.understood
        return {
            "matches": [
                {
                    "therapist": dict(match.therapist.record),
                    "score": match.score,
                    "evidence": [asdict(evidence) for evidence in match.evidence],
                }
                for match in self.matches
            ],
            "good_match": self.good_match,
            "understood": {
                "issues": [{"issue": slug, "score": score} for slug, score in told.issues],
                "approaches": [
                    {"approach": slug, "score": score} for slug, score in told.approaches
                ],
                "wishes": [asdict(wish) for wish in told.wishes],
                "language": told.language,
            },
            "counts": asdict(self.counts),
            "crisis": self.crisis.body() if self.crisis else None,
            "version": self.version,
            "next_page": self.next_page,
        }
