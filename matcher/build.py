"""Build: from a directory file to a published version."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from index.errors import BadInput, EngineError, Missing
from index.rows import Rows
from index.vectors import Floats
from index.versions import Store, Version
from matcher import export, weights
from matcher.contents import TOPICS, write_tables
from matcher.directory import Directory, read_directory
from matcher.encoder import Encoder, Progress
from matcher.filters import Zips
from matcher.passages import passages
from matcher.ranking import PASSAGES, STATEMENTS
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy

# What decides, beside our own code, which bytes come out.
LIBRARIES = (
    "faiss-cpu",
    "numpy",
    "onnxruntime",
    "pyarrow",
    "sentencex",
    "tokenizers",
    "zipcodes",
)
DIGEST = 16  # bytes; tells any number of texts apart
EXPORTERS = ("onnx", "sentence-transformers", "torch", "transformers")


@dataclass(frozen=True)
class Report:
    """What a build did: which version is live now, and what it took and skipped."""

    version: str
    published: bool
    directory: Directory
    statements: int
    passages: int
    encoded: int


def build(
    directory: Path,
    index: Path,
    model: str = weights.DEFAULT,
    approaches: Path | None = None,
    progress: Progress | None = None,
) -> Report:
    """Make a version of the directory and publish it, unless the live one is just that.

    Raises BadInput, Missing, Busy or Damaged; the live version stays as it was then.
    """
    read = read_directory(directory)
    if not read.therapists:
        raise BadInput(f"{directory} holds no therapist that can be taken: nothing was built")
    found = weights.find(model)
    taxonomy = Taxonomy.packaged().described(_approaches(approaches))
    source = _source(read, taxonomy, found)
    store = Store(index)
    live = _live(store)
    if live is not None and live.manifest["source"] == source:
        return _report(live.id, False, read, live.manifest["counts"], 0)
    with store.building() as made:
        folder = made / "encoder"
        recipe = _recipe(found)
        if live is not None and live.manifest["encoder"].get("recipe") == recipe:
            shutil.copytree(live.folder / "encoder", folder)
        else:
            folder.mkdir()
            export.export(found, folder)
        encoder = Encoder(folder)
        work = _Encoding(encoder, progress)
        if live is not None and live.manifest["encoder"]["fingerprint"] == encoder.fingerprint:
            work.take_over(live)
        counts = _write(made, read.therapists, taxonomy, work)
        facts = {
            "encoder": {
                "name": encoder.name,
                "fingerprint": encoder.fingerprint,
                "recipe": recipe,
            },
            "counts": counts,
            "source": source,
        }
        name = store.seal(made, facts)
        store.open(name)
        store.publish(name)
    return _report(name, True, read, counts, work.encoded)


class _Encoding:
    """Texts to vectors: each text once, and only those that the live version doesn't have."""

    def __init__(self, encoder: Encoder, progress: Progress | None) -> None:
        self.encoder, self.progress = encoder, progress
        self.known: dict[bytes, Floats] = {}
        self.encoded = 0

    def take_over(self, live: Version) -> None:
        """Take the vectors of a version that the same encoder made, byte for byte."""
        for name in (STATEMENTS, PASSAGES, TOPICS):
            rows = Rows.load(live.folder, name)
            vectors = rows.take(np.arange(len(rows.group)))
            self.known |= zip(rows.table["text"].to_pylist(), vectors, strict=True)

    def learn(self, texts: Iterable[str]) -> None:
        """Encode the texts that are not known yet."""
        new = {digest: text for text in texts if (digest := _digest(text)) not in self.known}
        if new:
            vectors = self.encoder.encode_all(list(new.values()), self.progress)
            self.known |= zip(new, vectors, strict=True)
            self.encoded += len(new)

    def rows(self, texts: Sequence[str], group: Iterable[int], **columns: Iterable[int]) -> Rows:
        """Rows for these texts, in group order, each marked with its text's digest."""
        digests = [_digest(text) for text in texts]
        table = {name: pa.array(list(values), pa.int64()) for name, values in columns.items()}
        table["text"] = pa.array(digests, pa.binary(DIGEST))
        vectors = np.stack([self.known[digest] for digest in digests])
        return Rows.of(vectors, np.fromiter(group, dtype=np.int64), table)


def _write(
    made: Path, therapists: Sequence[Therapist], taxonomy: Taxonomy, work: _Encoding
) -> dict[str, int]:
    """Write everything but the encoder into the folder; returns the counts."""
    write_tables(made, therapists, taxonomy, _zips())
    statements = [
        (group, number, statement.text)
        for group, therapist in enumerate(therapists)
        for number, statement in enumerate(therapist.statements)
    ]
    pieces = [
        (group, number, span.start, span.end, span.of(text))
        for group, number, text in statements
        for span in passages(text)
    ]
    topics = [*taxonomy.issues.values(), *taxonomy.approaches.values()]
    lines = [
        (g, line) for g, topic in enumerate(topics) for line in (topic.name, *topic.client_lines)
    ]
    work.learn([s[-1] for s in statements] + [p[-1] for p in pieces] + [line for _, line in lines])
    groups, numbers, texts = zip(*statements, strict=True)
    work.rows(texts, groups, statement=numbers).save(made, STATEMENTS)
    groups, numbers, starts, ends, texts = zip(*pieces, strict=True)
    work.rows(texts, groups, statement=numbers, start=starts, end=ends).save(made, PASSAGES)
    groups, texts = zip(*lines, strict=True)
    work.rows(texts, groups).save(made, TOPICS)
    return {
        "therapists": len(therapists),
        "statements": len(statements),
        "passages": len(pieces),
        "topics": len(topics),
    }


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=DIGEST).digest()


def _source(read: Directory, taxonomy: Taxonomy, found: weights.Weights) -> str:
    """A hash over all that a version follows from: records, taxonomy, model, code, libraries."""
    here = Path(__file__).parent
    code = [*sorted(here.glob("*.py")), *sorted((here.parent / "index").glob("*.py"))]
    records = [json.dumps(therapist.record) for therapist in read.therapists]
    known = json.dumps(taxonomy.record())
    return _hash([_recipe(found), *records, known], code, LIBRARIES)


def _recipe(found: weights.Weights) -> str:
    """A hash over all that the exported encoder follows from."""
    return _hash([found.name, found.sha256], [Path(export.__file__)], EXPORTERS)


def _hash(texts: Iterable[str], code: Iterable[Path], libraries: Iterable[str]) -> str:
    total = hashlib.sha256()
    for text in texts:
        total.update(hashlib.sha256(text.encode()).digest())
    for path in code:
        total.update(hashlib.sha256(path.read_bytes()).digest())
    for library in libraries:
        total.update(f"{library} {installed(library)}\n".encode())
    return total.hexdigest()


def _live(store: Store) -> Version | None:
    """The live version if it can be opened; a damaged one is built anew."""
    try:
        return store.open()
    except EngineError:
        return None


def _approaches(path: Path | None) -> list[dict[str, Any]]:
    if path is None:
        return []
    try:
        lines = path.read_text("utf-8").splitlines()
        records = [json.loads(line) for line in lines if line.strip()]
    except (OSError, ValueError) as error:
        raise BadInput(f"{path} can't be read as JSON Lines: {error}") from None
    for number, record in enumerate(records, 1):
        if not isinstance(record, dict) or not all(
            isinstance(record.get(field), str) for field in ("name", "description")
        ):
            raise BadInput(f"{path}: approach {number} needs a name and a description")
    return records


def _zips() -> Zips:
    """US ZIP codes and their coordinates in degrees, from the package `zipcodes`."""
    try:
        import zipcodes
    except ImportError:
        raise Missing("building needs the extra `build`: run `make install`") from None
    places = {z["zip_code"]: (float(z["lat"]), float(z["long"])) for z in zipcodes.list_all()}  # type: ignore[no-untyped-call]
    return dict(sorted(places.items()))


def _report(
    version: str, published: bool, read: Directory, counts: dict[str, int], encoded: int
) -> Report:
    return Report(version, published, read, counts["statements"], counts["passages"], encoded)
