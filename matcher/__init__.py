"""The meaning: directory records, passages, encoder, ranking, evidence and safety."""

from matcher.matching import Matcher

__all__ = ["Matcher"]
