"""What is asked of a matcher, checked before anything is done for it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from index.errors import BadInput
from matcher.feedback import Feedback
from matcher.filters import Filters
from matcher.text import checked

MOST = 100  # matches a request


@dataclass(frozen=True)
class Asked:
    """A client's text, whom to leave out, and how much of the list to give from which page on."""

    text: str = field(repr=False)
    filters: Filters
    limit: int
    min_score: float | None
    feedback: Feedback
    page: str | None

    @classmethod
    def of(
        cls,
        text: str,
        filters: Mapping[str, Any] | Filters | None = None,
        limit: int = 10,
        min_score: float | None = None,
        *,
        like: Sequence[str] = (),
        unlike: Sequence[str] = (),
        misread: Sequence[str] = (),
        page: str | None = None,
    ) -> "Asked":
        """Take a request; see `Matcher.match`. Raises BadInput, which never repeats the text."""
        checked(text)
        wanted = Filters.of(filters)
        limited(limit)
        if min_score is not None and not math.isfinite(min_score):
            raise BadInput("min_score must be a finite number", "min_score")
        return cls(text, wanted, limit, min_score, Feedback.of(like, unlike, misread), page)


def limited(limit: int) -> None:
    """Raise BadInput for more matches than a request may ask for, and for none."""
    if not 1 <= limit <= MOST:
        raise BadInput(f"limit must be 1 to {MOST}", "limit")
