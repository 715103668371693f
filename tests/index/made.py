"""A version of made rows, with all that an engine keeps: for the engines' common tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

from index.engine import COLUMNS, WORDS
from index.fields import Density, Field
from index.filters import LATITUDE, LONGITUDE, TEXTS, AnyOf, AtMost, Condition, Is, NoneOf, Within
from index.probes import Probe
from index.proposals import Fields, Proposals
from index.rows import Rows
from index.vectors import unit
from index.versions import Store, Version
from index.words import Words

WIDTH, WORDS_KNOWN = 48, 300
TOPICS = np.random.default_rng(9).standard_normal((60, WIDTH))
PROPOSED_BY: Fields = [({"sections": 1.0, "passages": 1.0}, WIDTH)]
PLACES = [(47.6, -122.3), (45.5, -122.7), (40.7, -74.0), (47.6, -74.0)]
# As clients' values may be, and as a directory's.
SAID = ["wa", "or", 'o\'brien "x"', "back\\slash", "新 話 😀", "line\nbreak", "]) or (1 == 1"]
# Under each of these others qualify: none, few, half, nearly all.
CONDITIONS: dict[str, list[Condition]] = {
    "everybody": [],
    "any of one": [AnyOf("said", ("wa",))],
    "any of quotes": [AnyOf("said", (SAID[2], SAID[3]))],
    "any of signs": [AnyOf("said", (SAID[4], SAID[5], SAID[6]))],
    "any of unknown": [AnyOf("said", ("nowhere",))],
    "any of nothing": [AnyOf("said", ())],
    "none of": [NoneOf("said", ("wa", "or"))],
    "none of unknown": [NoneOf("said", ("nowhere",))],
    "yes": [Is("open", True)],
    "no": [Is("open", False)],
    "at most": [AtMost("fee", 90.0)],
    "at most, exactly": [AtMost("fee", 0.1 + 0.2)],
    "at most nothing": [AtMost("fee", -1.0)],
    "near": [Within(PLACES[0], 150)],
    "near nobody": [Within((0.0, 0.0), 1)],
    "all": [
        AnyOf("said", ("wa", SAID[2])), NoneOf("said", ("or",)), Is("open", True),
        AtMost("fee", 120), Within(PLACES[0], 150),
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Made:
    """What a version is made of."""

    rows: Mapping[str, Rows]
    words: Words
    columns: pa.Table
    proposals: Proposals

    @classmethod
    def of(cls, seed: int, groups: int, distinct: int | None = None) -> "Made":
        """Rows of groups that each have an interest; or drawn from so many vectors alone, so that
        many scores are equal.
        """
        random = np.random.default_rng(seed)
        pool = random.standard_normal((distinct or 1, WIDTH))
        interest = TOPICS[random.integers(0, len(TOPICS), groups)]
        interest = interest + 0.7 * random.standard_normal((groups, WIDTH))

        def rows(most: int) -> Rows:
            group = np.repeat(np.arange(groups), random.integers(1, most + 1, groups))
            vectors = interest[group] + 0.7 * random.standard_normal((len(group), WIDTH))
            if distinct:
                vectors = pool[random.integers(0, distinct, len(group))]
            return Rows.of(vectors.astype(np.float32), group, {})

        made = {"sections": rows(3), "passages": rows(9)}
        held = [random.integers(0, WORDS_KNOWN, 4) for _ in range(groups)]
        # Over all of 64 bits, as hashes are.
        words = Words.of([np.unique(np.uint64(2**64 - 1) - h.astype(np.uint64)) for h in held])
        sections = made["sections"]
        sums = np.add.reduceat(sections.take(np.arange(len(sections))), sections.starts[:-1])
        proposals = Proposals.of([(PROPOSED_BY[0][0], unit(sums, WIDTH))])
        return cls(made, words, _columns(random, groups), proposals)

    def publish(self, store: Store, large: bool = False, facts: str = "") -> Version:
        """Make it a version, which is live then; a large one has proposals."""
        with store.building() as folder:
            for name, rows in self.rows.items():
                rows.save(folder, name)
            self.words.save(folder, WORDS)
            feather.write_feather(self.columns, str(folder / COLUMNS), compression="uncompressed")
            (folder / "inner").mkdir()
            (folder / "inner" / "text").write_text("said" + facts * 100_000)
            if large:
                self.proposals.save(folder)
            name = store.seal(folder, {"counts": {"therapists": len(self.columns)}})
        store.publish(name)
        return store.open(name)

    def fields(self, version: Version | None = None) -> dict[str, Field]:
        """What is searched: the version's rows, or for the oracle one's own."""
        rows = self.rows if version is None else {name: version.rows(name) for name in self.rows}
        return {
            "sections": Density(rows["sections"]),
            "passages": rows["passages"],
            "words": self.words,
        }


def probes(seed: int, parts: int = 2) -> list[Probe]:
    """What a client's text might come to."""
    random = np.random.default_rng(seed)
    vectors = random.choice(TOPICS) + 0.7 * random.standard_normal((parts + 1, WIDTH))
    vectors = unit(vectors.astype(np.float32), WIDTH)
    spoken = np.uint64(2**64 - 1) - np.unique(random.integers(0, 40, 3)).astype(np.uint64)
    return [
        Probe("sections", vectors[0], 0.6),
        *(Probe("passages", vector, 0.3 / parts) for vector in vectors[1:]),
        Probe("words", spoken, 0.1),
    ]


def _columns(random: np.random.Generator, groups: int) -> pa.Table:
    said: Sequence[list[str] | None] = [
        None if random.random() < 0.1 else random.choice(SAID, random.integers(0, 3)).tolist()
        for _ in range(groups)
    ]
    places = [PLACES[i] if i < len(PLACES) else None for i in random.integers(0, 5, groups)]
    fees = random.choice(np.array([0.1 + 0.2, 60, 90, 120, 200, np.nan]), groups)
    return pa.table(
        {
            "id": [f"t-{number}" for number in range(groups)],
            "said": pa.array(said, TEXTS),
            "open": pa.array(random.choice(np.array([True, False, None]), groups), pa.bool_()),
            "fee": pa.array([None if np.isnan(fee) else float(fee) for fee in fees], pa.float64()),
            LATITUDE: pa.array([p and p[0] for p in places], pa.float64()),
            LONGITUDE: pa.array([p and p[1] for p in places], pa.float64()),
        }
    )
