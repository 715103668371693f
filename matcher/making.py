"""Makes the files of a version: from therapists to vectors, tables and the encoder."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from index.errors import Missing
from index.rows import Rows
from index.search import LARGE
from index.vectors import Floats
from index.words import Words
from matcher import alarm, cutting, derived, export, quantising, rounding
from matcher.attributes import columns
from matcher.bridge import Bridge, Reader
from matcher.contents import (
    HUBS_FILE,
    ISSUES,
    PASSAGES,
    SECTIONS,
    TOPICS,
    WORDS,
    Contents,
    declared,
    records_table,
    write_tables,
)
from matcher.cutting import Cuts, digest
from matcher.encoder import FILES, Encoder, Progress
from matcher.encoding import Encoding
from matcher.quantising import INT8
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy
from matcher.weights import Weights
from matcher.words import Vocabulary, keys
from matcher.zips import Zips

# Whose voice a line of an issue is in; 0 are its names, which are in nobody's.
CLIENTS, THERAPISTS = 1, 2
# What decides, beside our own code, which bytes come out.
LIBRARIES = (
    "faiss-cpu",
    "numpy",
    "onnxruntime",
    "pyarrow",
    "scikit-learn",
    "sentencex",
    "tokenizers",
    "zipcodes",
)
EXPORTERS = ("onnx", "onnxruntime", "sentence-transformers", "torch", "transformers")


@dataclass(frozen=True)
class Source:
    """All that a version follows from."""

    therapists: Sequence[Therapist]  # in id order
    taxonomy: Taxonomy
    zips: Zips
    weights: Weights | None  # None: the live version's encoder, whatever it was exported from
    precision: str = INT8

    @cached_property
    def records(self) -> pa.Table:
        """The table of the therapists' ids and records."""
        return records_table(self.therapists)

    def fingerprint(self, recipe: str) -> str:
        """A hash over the encoder's recipe, the records, the taxonomy and the rules."""
        known = json.dumps(self.taxonomy.record())
        return _hash([recipe, *self.records["record"].to_pylist(), known, rules()])


def rules() -> str:
    """A hash over all else that decides which bytes come out: code, danger's lines, libraries."""
    here = Path(__file__).parent
    code = [*sorted(here.glob("*.py")), *sorted((here.parent / "index").glob("*.py"))]
    return _hash([], [*code, alarm.LINES], LIBRARIES)


def recipe_of(weights: Weights, precision: str) -> str:
    """A hash over all that an exported encoder follows from."""
    code = [Path(export.__file__), Path(quantising.__file__), Path(rounding.__file__)]
    return _hash([weights.name, weights.sha256, precision], code, EXPORTERS)


@dataclass(frozen=True)
class Made:
    """What a manifest says of a version's files, and how many texts had to be encoded."""

    facts: dict[str, Any]
    encoded: int


def make(folder: Path, source: Source, before: Contents | None, progress: Progress | None) -> Made:
    """Write a version's files; whatever the live version, `before`, has is taken from there.

    Raises Missing where the encoder has to be exported and the extra `build` is not there.
    """
    live = before.version if before is not None else None
    own = live.manifest["encoder"]["recipe"] if live else ""
    recipe = recipe_of(source.weights, source.precision) if source.weights else own
    (folder / "encoder").mkdir()
    if live and recipe == own:
        for name in FILES:
            shutil.copyfile(live.folder / "encoder" / name, folder / "encoder" / name)
    elif source.weights:
        export.export(source.weights, folder / "encoder", source.precision)
    else:
        raise Missing("the live version's encoder can't be taken over: build from the directory")
    encoder = Encoder(folder / "encoder")
    work = Encoding(encoder, progress)
    same = before if before and before.encoder.fingerprint == encoder.fingerprint else None
    if same:
        work.take_over(same)
    counts = _write(folder, source, same, work)
    learnt = before.alarm if before else None
    if learnt is None or learnt.source != alarm.source(encoder.fingerprint):
        learnt = alarm.fit(encoder)
    learnt.save(folder)
    made_by = {
        "name": encoder.name,
        "fingerprint": encoder.fingerprint,
        "recipe": recipe,
    }
    facts = {
        "encoder": made_by,
        "counts": counts,
        "cutting": cutting.rules(),
        "rules": rules(),
        "source": source.fingerprint(recipe),
    }
    return Made(facts, work.encoded)


def _write(folder: Path, source: Source, live: Contents | None, work: Encoding) -> dict[str, int]:
    """Write everything but the encoder; returns the counts. `live` is of the same encoder."""
    therapists, taxonomy = source.therapists, source.taxonomy
    attributes = columns(therapists, taxonomy, source.zips)
    write_tables(folder, source.records, attributes, taxonomy, source.zips)
    cuts, written = Cuts(live), source.records["record"].to_pylist()
    cut = [cuts.of(who, record) for who, record in zip(therapists, written, strict=True)]
    pieces = [(group, *piece) for group, own in enumerate(cut) for piece in own.passages]
    parts = [(group, section) for group, own in enumerate(cut) for section in own.sections]
    lines = [
        (number, voice, digest(line), line)
        for number, issue in enumerate((*taxonomy.issues.values(), taxonomy.elsewhere))
        for voice, said in enumerate(
            ((issue.name, *issue.synonyms), issue.client_lines, issue.therapist_lines)
        )
        for line in said
        if line
    ]
    work.learn(cuts.texts | {key: line for *_, key, line in lines})
    groups, texts = zip(*parts, strict=True)
    rows = work.rows(texts, groups)
    rows.save(folder, SECTIONS)
    groups, numbers, starts, ends, texts = zip(*pieces, strict=True)
    work.rows(texts, groups, statement=numbers, start=starts, end=ends).save(folder, PASSAGES)
    groups, voices, texts, _ = zip(*lines, strict=True)
    topics = work.rows(texts, groups, voice=voices)
    topics.save(folder, TOPICS)
    bridge, references = _bridge(topics)
    bridge.save(folder)
    alike = live is not None and _derives_alike(live, taxonomy)
    before = (live.profiles, live.hubs) if live is not None and alike else None
    same = np.array([-1 if own.group is None else own.group for own in cut])
    profiles, near = derived.derive(rows, bridge, references, before, same)
    profiles.save(folder, ISSUES)
    np.save(folder / HUBS_FILE, near.numbers)
    said = ("\n".join(s.text for s in therapist.statements) for therapist in therapists)
    met = Vocabulary()
    Words.of([keys(text, met) for text in said]).save(folder, WORDS)
    if len(pieces) > LARGE:
        derived.proposals(rows, profiles, declared(attributes, taxonomy), near).save(folder)
    return {
        "therapists": len(therapists),
        "statements": sum(len(therapist.statements) for therapist in therapists),
        "passages": len(pieces),
        "issues": len(taxonomy.issues),
    }


def _bridge(topics: Rows) -> tuple[Bridge, Floats]:
    """The bridge fitted to the issues' lines, and the vectors of those in a client's voice."""
    voice = topics.table["voice"].to_numpy()
    vectors = topics.take(np.arange(len(topics)))
    clients, therapists = (
        Reader.fit(vectors[kept], topics.group[kept])
        for kept in (voice != THERAPISTS, voice != CLIENTS)
    )
    spoken = (voice == CLIENTS) & (topics.group < topics.group.max())  # the last is no issue
    return Bridge(clients, therapists), vectors[spoken]


def _derives_alike(live: Contents, taxonomy: Taxonomy) -> bool:
    """Whether the same sections would come to the same in a version of the same encoder."""
    alike = live.taxonomy.record() == taxonomy.record()
    return alike and live.version.manifest.get("rules") == rules()


def zip_table() -> Zips:
    """US ZIP codes and their coordinates in degrees, from the package `zipcodes`."""
    try:
        import zipcodes
    except ImportError:
        raise Missing("building needs the extra `build`: run `make install`") from None
    listed = zipcodes.list_all()  # type: ignore[no-untyped-call]
    return {z["zip_code"]: (float(z["lat"]), float(z["long"])) for z in listed}


def _hash(texts: Iterable[str], code: Iterable[Path] = (), libraries: Iterable[str] = ()) -> str:
    total = hashlib.sha256()
    for text in texts:
        total.update(hashlib.sha256(text.encode()).digest())
    for path in code:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    for library in libraries:
        total.update(f"{library} {_installed(library)}\n".encode())
    return total.hexdigest()


def _installed(library: str) -> str:
    """A library's release; what takes everything over does without those of the extra `build`."""
    try:
        return installed(library)
    except PackageNotFoundError:
        return "none"
