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

from index.errors import BadInput, EngineError, Missing
from index.rows import Rows
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
        counts = _write(made, read.therapists, taxonomy, encoder, progress)
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
    encoded = counts["statements"] + counts["passages"] + counts["topics"]
    return _report(name, True, read, counts, encoded)


def _write(
    made: Path,
    therapists: Sequence[Therapist],
    taxonomy: Taxonomy,
    encoder: Encoder,
    progress: Progress | None,
) -> dict[str, int]:
    write_tables(made, therapists, taxonomy, _zips())
    statements = [
        (group, number, statement.text)
        for group, therapist in enumerate(therapists)
        for number, statement in enumerate(therapist.statements)
    ]
    pieces = [
        (group, number, span, span.of(text))
        for group, number, text in statements
        for span in passages(text)
    ]
    topics = [*taxonomy.issues.values(), *taxonomy.approaches.values()]
    lines = [
        (group, line)
        for group, topic in enumerate(topics)
        for line in (topic.name, *topic.client_lines)
    ]
    texts = [s[-1] for s in statements], [p[-1] for p in pieces], [line for _, line in lines]
    vectors = encoder.encode_all([*texts[0], *texts[1], *texts[2]], progress)
    whole, parts, said = np.split(vectors, np.cumsum([len(t) for t in texts[:2]]))
    Rows.of(
        whole,
        _ints(s[0] for s in statements),
        {"statement": _ints(s[1] for s in statements)},
        len(therapists),
    ).save(made, STATEMENTS)
    Rows.of(
        parts,
        _ints(p[0] for p in pieces),
        {
            "statement": _ints(p[1] for p in pieces),
            "start": _ints(p[2].start for p in pieces),
            "end": _ints(p[2].end for p in pieces),
        },
        len(therapists),
    ).save(made, PASSAGES)
    Rows.of(said, _ints(group for group, _ in lines), {}, len(topics)).save(made, TOPICS)
    return {
        "therapists": len(therapists),
        "statements": len(statements),
        "passages": len(pieces),
        "topics": len(lines),
    }


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


def _ints(values: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.fromiter(values, dtype=np.int64)
