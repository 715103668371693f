"""Build: from a directory file to a published version."""

import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path

from index.errors import BadInput, EngineError, Missing
from index.versions import Store, Version
from matcher import export, weights
from matcher.approaches import read_approaches
from matcher.contents import TOPICS, Contents, write_tables
from matcher.directory import Directory, read_directory
from matcher.encoder import FILES, Encoder, Progress
from matcher.encoding import Encoding
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
    taxonomy = Taxonomy.packaged().described(read_approaches(approaches) if approaches else [])
    source = _source(read, taxonomy, found)
    store = Store(index)
    live = _live(store)
    if live is not None and live.manifest["source"] == source:
        return _report(live.id, False, read, live.manifest["counts"], 0)
    try:
        with store.building() as made:
            return _made(made, store, live, read, taxonomy, found, source, progress)
    except OSError as error:
        raise EngineError(
            f"{index} could not be written ({error.strerror}); what was live still is"
        ) from None


def _made(
    made: Path,
    store: Store,
    live: Version | None,
    read: Directory,
    taxonomy: Taxonomy,
    found: weights.Weights,
    source: str,
    progress: Progress | None,
) -> Report:
    before, recipe = _contents(live), _recipe(found)
    (made / "encoder").mkdir()
    if before is not None and live is not None and live.manifest["encoder"]["recipe"] == recipe:
        for name in FILES:
            shutil.copyfile(live.folder / "encoder" / name, made / "encoder" / name)
    else:
        export.export(found, made / "encoder")
    encoder = Encoder(made / "encoder")
    work = Encoding(encoder, progress)
    if before is not None and before.encoder.fingerprint == encoder.fingerprint:
        work.take_over(before)
    counts = _write(made, read.therapists, taxonomy, work)
    made_by = {"name": encoder.name, "fingerprint": encoder.fingerprint, "recipe": recipe}
    name = store.seal(made, {"encoder": made_by, "counts": counts, "source": source})
    store.open(name)
    store.publish(name)
    return _report(name, True, read, counts, work.encoded)


def _write(
    made: Path, therapists: Sequence[Therapist], taxonomy: Taxonomy, work: Encoding
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
    """The live version if it is sound; a damaged one is built anew."""
    try:
        return store.open()
    except EngineError:
        return None


def _contents(live: Version | None) -> Contents | None:
    """What of the live version can be taken over, if anything."""
    try:
        return Contents.load(live) if live is not None else None
    except EngineError:
        return None


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
