"""Similar: the therapists whose statements are nearest to those of one."""

from dataclasses import dataclass

import numpy as np

from index.filters import Terms
from index.probes import Probe
from index.search import search
from matcher.contents import ISSUES, MIDDLES, Contents
from matcher.records import Therapist

# What of a likeness the issues that the statements speak of make up. Of shares in tenths, 0.1 and
# 0.2 put those first who are judged to help with the same texts (the sample and CounselChat).
OVERLAP = 0.2


@dataclass(frozen=True)
class Similar:
    """A therapist, and how like another one they are, 0..1.

    The likeness is 0.8 times the cosine between the middles of what the two wrote, and 0.2 times
    the overlap of the issues that they speak of; below 0 counts as 0. Who wrote the same has 1, the
    likest in the sample mostly 0.5 to 0.7, any two 0.3.
    """

    therapist: Therapist
    score: float


def similar(contents: Contents, group: int, limit: int) -> list[Similar]:
    """The therapists likest to that of a group, best first; ties by id."""
    own = np.array([group])
    asked = [
        Probe(MIDDLES, contents.middles.of(own)[0], 1 - OVERLAP),
        Probe(ISSUES, contents.profiles.take(own)[0], OVERLAP),
    ]
    others = contents.present.copy()
    others[group] = False
    terms = Terms(apart=np.union1d(contents.apart, own))
    ranking = search(contents.fields, asked, limit, others, contents.proposals, terms)
    scores = np.clip(ranking.scores, 0, 1).round(6)
    # Again, as scores told may tie where those searched by don't.
    order = np.lexsort((ranking.groups, -scores))
    therapists = map(contents.therapist, ranking.groups[order].tolist())
    return list(map(Similar, therapists, scores[order].tolist()))
