"""Gates: what a new version has to pass before it goes live in place of another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.feather as feather

from index.errors import BadInput, EngineError
from index.versions import Store, Version
from matcher.asking import MOST
from matcher.changes import Changes
from matcher.contents import RECORDS
from matcher.lines import objects
from matcher.matching import Matcher


class Refused(EngineError):
    """A version didn't pass a gate: mend what it says, or override it."""


@dataclass(frozen=True)
class Golden:
    """A text, and the therapists expected among the first `k` that answer it."""

    text: str
    expect: tuple[str, ...]
    k: int = 10


@dataclass(frozen=True)
class Judged:
    """Queries, judgments, and the least nDCG@10 (macro) the engine must reach on them."""

    queries: Path
    qrels: Path
    floor: float


@dataclass(frozen=True)
class Gates:
    """What to check. `max_loss` is a share of the live version's therapists, 0..1."""

    max_loss: float = 0.2
    golden: Sequence[Golden] = ()
    judged: Judged | None = None
    same_encoder: bool = True

    def results(self, made: Version, live: Version | None) -> dict[str, str]:
        """Each gate's name and "passed", or what is wrong."""
        matcher = Matcher(made, Changes())
        checks = {"golden": self._golden(matcher), "quality": self._quality(matcher)}
        if live is not None:
            checks |= {
                "therapists": self._therapists(made, live),
                "encoder": self._encoder(made, live),
            }
        return {name: next(found, "passed") for name, found in sorted(checks.items())}

    def _therapists(self, made: Version, live: Version) -> Iterator[str]:
        before, after = (set(_ids(version.folder / RECORDS)) for version in (live, made))
        gone = len(before - after)
        if gone > self.max_loss * len(before):
            yield f"{gone} of {len(before)} therapists would be gone, more than {self.max_loss:.0%}"

    def _encoder(self, made: Version, live: Version) -> Iterator[str]:
        old, new = live.manifest["encoder"], made.manifest["encoder"]
        if self.same_encoder and old["fingerprint"] != new["fingerprint"]:
            yield (
                f"the encoder would change from {old['name']} ({old['fingerprint'][:8]}) to "
                f"{new['name']} ({new['fingerprint'][:8]}), which --encoder did not ask for"
            )

    def _golden(self, matcher: Matcher) -> Iterator[str]:
        for number, golden in enumerate(self.golden, 1):
            found = [m.therapist.id for m in matcher.match(golden.text, limit=golden.k).matches]
            missing = [id_ for id_ in golden.expect if id_ not in found]
            if missing:
                yield f"golden query {number} no longer finds {', '.join(missing)}"

    def _quality(self, matcher: Matcher) -> Iterator[str]:
        if self.judged is None:
            return
        from matcher.evaluation import engine, evaluate, read_qrels, read_queries

        queries = read_queries(self.judged.queries)
        (row,) = evaluate({"engine": engine(matcher)}, queries, read_qrels(self.judged.qrels))
        reached = row.measures["nDCG@10"]
        if reached < self.judged.floor:
            yield f"nDCG@10 is {reached:.3f}, below the floor of {self.judged.floor:.3f}"


def read_golden(path: Path) -> list[Golden]:
    """Read JSON Lines with `text`, `expect` (therapist ids) and maybe `k`. Raises BadInput."""
    return [_golden(record, place) for place, record in objects(path)]


def _golden(record: dict[str, Any], place: str) -> Golden:
    text, expect, k = record.get("text"), record.get("expect"), record.get("k", 10)
    if not isinstance(text, str) or not isinstance(expect, list) or not expect:
        raise BadInput(f"{place}: line: a golden query has a text and a list of ids to expect")
    if not isinstance(k, int) or not 1 <= k <= MOST:
        raise BadInput(f"{place}: k: must be 1 to {MOST}")
    return Golden(text, tuple(map(str, expect)), k)


def ids(store: Store, version: str) -> list[str]:
    """The ids of the therapists in a version; none where it can't be read."""
    path = store.file(version, RECORDS)
    return _ids(path) if path else []


def _ids(records: Path) -> list[str]:
    try:
        found: list[str] = feather.read_table(records)["id"].to_pylist()
    except (OSError, ValueError):
        return []
    return found
