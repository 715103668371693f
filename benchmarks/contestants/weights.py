"""The model that all contestants share, from this machine's files."""

from matcher import weights


def folder() -> str:
    """Where all-MiniLM-L6-v2 lies. Raises matcher's Missing or Damaged."""
    return weights.find(weights.DEFAULT, tuned=False).source
