"""Stage 1 of the scale case: vectors of as many made-up therapists as asked, as an index has them.

There is no text of half a million therapists, so their vectors are made: each takes after one
therapist of the sample, whose sections' and passages' vectors are mixed with noise of the new
therapist's own and of each row's own. The noise is spread as the sample's vectors are, and so
strong that, among as many therapists, a section is as near to the nearest of another as in the
sample.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.feather as feather

from index.flat import Flat
from index.rows import Ints, Rows
from index.search import LARGE
from index.vectors import Floats, halved
from index.words import Keys, Words
from matcher import derived
from matcher.bridge import Bridge
from matcher.contents import HUBS_FILE, ISSUES, PASSAGES, SECTIONS, WORDS, Contents, declared
from matcher.making import CLIENTS
from matcher.taxonomy import Taxonomy
from matcher.words import keys

PASSAGES_EACH = 8.5  # of a real therapist, as the directory page and CounselChat have it
SHARES = (1.0, 0.1, 0.01, 0.001, 0.0001)  # of the therapists whom a filter admits
ROW_NOISE = 0.6  # of a row's own, for 1 of its therapist's
KEPT = 0.5  # of the words of the therapist whom one takes after
CHUNK = 20_000  # therapists made at a time


@dataclass(frozen=True)
class Real:
    """The sample's vectors by field, float32 (rows, width), and where each therapist's begin."""

    vectors: Mapping[str, Floats]
    starts: Mapping[str, Ints]
    spread: npt.NDArray[np.float64]  # (width, width): turns white noise into noise like vectors
    bridge: Bridge
    references: Floats
    taxonomy: Taxonomy
    declares: pa.ChunkedArray  # each therapist's issues
    words: Sequence[Keys]  # each therapist's
    strength: float = 0.0

    @classmethod
    def of(cls, contents: Contents) -> "Real":
        """The vectors of a version, with noise as strong as it has to be."""
        texts = contents.texts
        vectors = {name: rows.take(np.arange(len(rows))) for name, rows in texts.items()}
        starts = {name: rows.starts for name, rows in texts.items()}
        covariance = np.cov(vectors[PASSAGES].T) + 1e-6 * np.eye(contents.encoder.width)
        topics = contents.topics
        said = np.flatnonzero(topics.table["voice"].to_numpy() == CLIENTS)
        real = cls(
            vectors,
            starts,
            np.asarray(np.linalg.cholesky(covariance), np.float64),
            contents.bridge,
            topics.take(said),
            contents.taxonomy,
            contents.columns[ISSUES],
            [keys(" ".join(s.text for s in t.statements)) for t in contents.therapists()],
        )
        wanted = float(np.median(real.nearest()[SECTIONS]))
        low, high = 0.0, 4.0
        for _ in range(12):  # more noise, farther neighbours: halve the interval
            strength = (low + high) / 2
            made = replace(real, strength=strength).again()
            low, high = (
                (strength, high)
                if np.median(made.nearest()[SECTIONS]) > wanted
                else (low, strength)
            )
        return replace(real, strength=strength)

    @property
    def therapists(self) -> int:
        """How many there are."""
        return len(self.starts[SECTIONS]) - 1

    def again(self) -> "Real":
        """As many made therapists, each after a real one drawn by chance."""
        after = np.random.default_rng(0).integers(0, self.therapists, self.therapists)
        counts = {name: np.diff(starts)[after] for name, starts in self.starts.items()}
        starts = {name: np.concatenate([[0], np.cumsum(each)]) for name, each in counts.items()}
        made = {name: mixed(self, name, after, starts[name], 0) for name in self.vectors}
        return replace(self, vectors=made, starts=starts)

    def nearest(self) -> dict[str, Floats]:
        """For each row by field, the cosine to the nearest row of another therapist."""
        found = {}
        for name, vectors in self.vectors.items():
            owner = np.repeat(np.arange(self.therapists), np.diff(self.starts[name]))
            cosines = vectors @ vectors.T
            cosines[owner[:, None] == owner] = -1
            found[name] = cosines.max(axis=1)
        return found


def mixed(real: Real, field: str, after: Ints, picked: Ints, seed: int) -> Floats:
    """Rows of therapists who take after real ones: float32 (rows, width), length 1.

    `after` is int64 (therapists,), the real therapist of each; `picked` is int64 (therapists + 1,):
    where the rows of each begin. Of a real one with more rows, the first ones are taken.
    """
    counts = np.diff(picked)
    source = np.repeat(real.starts[field][after] - picked[:-1], counts) + np.arange(picked[-1])
    width = real.spread.shape[0]
    own = np.random.default_rng([seed, 0]).standard_normal((len(after), width), np.float32)
    noise = np.repeat(own, counts, axis=0)
    rows = np.random.default_rng([seed, len(field)]).standard_normal(noise.shape, np.float32)
    noise = (noise + ROW_NOISE * rows) @ real.spread.T.astype(np.float32)
    vectors = real.vectors[field][source] + real.strength * noise
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors, np.float32)


def make(folder: Path, real: Real, therapists: int) -> dict[str, Any]:
    """Write fields, proposals and a filter column into the folder; what that took, and figures."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(therapists)
    after = random.integers(0, real.therapists, therapists)
    facts: dict[str, Any] = {"therapists": therapists, "noise": round(real.strength, 3)}
    begun = perf_counter()
    for name in (SECTIONS, PASSAGES):
        counts = np.diff(real.starts[name])[after]
        if name == PASSAGES:
            kept = counts * PASSAGES_EACH / counts.mean()
            counts = np.clip((kept + random.random(therapists)).astype(np.int64), 1, counts)
        rows = _rows(real, name, after, counts)
        rows.save(folder, name)
        facts[name] = len(rows)
        if name == SECTIONS:
            sections = rows
    facts["seconds_rows"] = round(perf_counter() - begun, 1)
    begun = perf_counter()
    declares = real.declares.take(pa.array(after))
    table = _column(therapists, random).append_column(ISSUES, declares)
    feather.write_feather(table, folder / "columns.arrow", "uncompressed")
    real.bridge.save(folder)
    profiles, near = derived.derive(sections, real.bridge, real.references)
    profiles.save(folder, ISSUES)
    np.save(folder / HUBS_FILE, near.numbers)
    Words.of([real.words[who][random.random(len(real.words[who])) < KEPT] for who in after]).save(
        folder, WORDS
    )
    facts["seconds_derived"] = round(perf_counter() - begun, 1)
    begun = perf_counter()
    if facts[PASSAGES] > LARGE:
        marks = declared(table, real.taxonomy)
        derived.proposals(sections, profiles, marks, near).save(folder)
    facts["seconds_proposals"] = round(perf_counter() - begun, 1)
    facts["bytes"] = sum(path.stat().st_size for path in folder.iterdir())
    return facts


def neighbours(real: Real) -> dict[str, Any]:
    """How near neighbours are in the sample and in as many made: 10th, 50th, 90th percentile."""
    pairs = {"sample": real.nearest(), "made": real.again().nearest()}
    return {
        f"{where} {field}": np.percentile(values, [10, 50, 90]).round(3).tolist()
        for where, fields in pairs.items()
        for field, values in fields.items()
    }


def _rows(real: Real, name: str, after: Ints, counts: Ints) -> Rows:
    starts = np.concatenate([[0], np.cumsum(counts)])
    flat: faiss.IndexScalarQuantizer | None = None
    for chunk in _chunks(real, name, after, starts):
        made = Flat.of(halved(chunk, chunk.shape[1])).held
        if flat is None:
            flat = made
        else:
            flat.merge_from(made)
    group = np.repeat(np.arange(len(after)), counts)
    return Rows(Flat(flat), pa.table({"group": group}), group, starts)


def _chunks(real: Real, name: str, after: Ints, starts: Ints) -> Iterator[Floats]:
    for first in range(0, len(after), CHUNK):
        last = min(first + CHUNK, len(after))
        yield mixed(
            real, name, after[first:last], starts[first : last + 1] - starts[first], 1 + first
        )


def _column(therapists: int, random: np.random.Generator) -> pa.Table:
    """A list column as filters meet it: which of the shares a therapist is among."""
    among = np.stack([random.random(therapists) < share for share in SHARES], axis=1)
    holders, values = np.nonzero(among)
    offsets = np.searchsorted(holders, np.arange(therapists + 1)).astype(np.int32)
    names = pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), list(map(str, SHARES)))
    return pa.table({"share": pa.ListArray.from_arrays(pa.array(offsets), names)})
