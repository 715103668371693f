"""Where the time of an answer goes: each stage's own time, the stages within it apart.

    python -m benchmarks.profile OUT [--rounds 3]

Asks OUT/data/texts.jsonl of OUT/prepared/ours (benchmarks.run) with clocks set around the
engine's own functions, and writes OUT/raw/profile.json.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter_ns
from typing import Any
from unittest.mock import patch

import click

import index.search
from benchmarks import raw
from benchmarks.contestants import LIMIT
from benchmarks.worker import WARM_UP
from matcher import Matcher, matching, query
from matcher.alarm import Alarm
from matcher.contents import Contents
from matcher.encoder import Encoder
from matcher.results import Result

REST = "all else"
# What is called in the course of an answer, and the stage it is.
STAGES: tuple[tuple[Any, str, str], ...] = (
    (query, "struggles", "split"),
    (query, "named", "issues and approaches"),
    (query, "wishes", "wishes"),
    (Encoder, "_cut", "tokenise"),
    (Encoder, "encode_spans", "encode"),
    (matching, "admitted", "filter"),
    (matching, "search", "search"),
    (index.search, "score", "group and score"),
    (Contents, "therapist", "read the records"),
    (matching, "evidence", "evidence"),
    (matching, "understood", "issues and approaches"),
    (matching, "crisis", "crisis notice"),
    (Alarm, "heard", "alarm"),
    (Result, "body", "serialise"),
    (json, "dumps", "serialise"),
)


class Clocks:
    """Nanoseconds by stage; a stage's clock stands still while one within it runs."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = {}
        self._within: list[int] = []

    @contextmanager
    def running(self, stage: str) -> Iterator[None]:
        """Count what happens here for a stage."""
        self._within.append(0)
        begun = perf_counter_ns()
        yield
        took = perf_counter_ns() - begun
        self.spent[stage] = self.spent.get(stage, 0) + took - self._within.pop()
        if self._within:
            self._within[-1] += took

    def around(self, function: Callable[..., Any], stage: str) -> Callable[..., Any]:
        """The function with its stage's clock around it."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.running(stage):
                return function(*args, **kwargs)

        return timed


def profile(matcher: Matcher, text: str) -> dict[str, int]:
    """One answer's nanoseconds by stage."""
    clocks = Clocks()
    with ExitStack() as stack:
        for owner, name, stage in STAGES:
            timed = clocks.around(getattr(owner, name), stage)
            stack.enter_context(patch.object(owner, name, timed))
        with clocks.running(REST):
            json.dumps(matcher.match(text, limit=LIMIT).body())
    return clocks.spent


@click.command()
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
def main(out: Path, rounds: int) -> None:
    """Time every stage for every text."""
    matcher = Matcher.open(out / "prepared" / "ours" / "index")
    lines = (out / "data" / "texts.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line) for line in lines]
    for text in texts[:WARM_UP]:
        profile(matcher, text["text"])
    found = [
        {"id": text["id"], "ns": profile(matcher, text["text"])}
        for _ in range(rounds)
        for text in texts
    ]
    raw.write(out / "raw", "profile", {"rounds": rounds, "queries": found})


if __name__ == "__main__":
    main()
