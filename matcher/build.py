"""Build: from a directory file to a published version, or to a clear refusal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import BadInput, Damaged, EngineError, NotBuilt
from index.versions import Store, Version
from index.where import Where
from matcher import weights
from matcher.approaches import read_approaches
from matcher.changes import Changes
from matcher.contents import Contents
from matcher.directory import Directory, read_directory
from matcher.encoder import Progress
from matcher.gates import Gates, Refused
from matcher.making import Source, make, recipe_of, zip_table
from matcher.quantising import INT8
from matcher.records import Therapist
from matcher.remaking import KEPT, sweep, writing
from matcher.taxonomy import Taxonomy


@dataclass(frozen=True)
class Options:
    """How to build. `precision` is the encoder's, int8 or float32; `tuned` is the default model
    with the project's adapter.

    `keep` is how many versions stay on disk, beside the live one's parent.
    """

    model: str = weights.DEFAULT
    tuned: bool = True
    precision: str = INT8
    approaches: Path | None = None
    gates: Gates = field(default_factory=Gates)
    force: bool = False
    dry_run: bool = False
    keep: int = KEPT


@dataclass(frozen=True)
class Report:
    """What a build did: the version, what it took and skipped, and how the gates went."""

    version: str
    published: bool
    directory: Directory
    removed: Sequence[str]  # ids in the directory whose therapists were removed from the index
    counts: Mapping[str, int]
    encoded: int = 0
    gates: Mapping[str, str] = field(default_factory=dict)
    forced: Sequence[str] = ()
    pruned: Sequence[str] = ()


def build(
    directory: Path,
    index: Where,
    options: Options | None = None,
    progress: Progress | None = None,
) -> Report:
    """Make a version of the directory and publish it, unless the live one is just that.

    Raises BadInput, Missing, Busy, Damaged, Unwritable, Away, or Refused where a gate is not
    passed; the live version stays as it was then.
    """
    options = options or Options()
    store = Store(index)
    read = read_directory(directory)
    therapists, removed = _changed(read, Changes.read(index))
    if not therapists:
        raise BadInput(f"{directory} holds no therapist that can be taken: nothing was built")
    own = read_approaches(options.approaches) if options.approaches else []
    taxonomy = Taxonomy.packaged().described(own)
    found = weights.find(options.model, options.tuned)
    source = Source(therapists, taxonomy, zip_table(), found, options.precision)
    live = _sound(store)
    if live is not None and live.manifest["source"] == source.fingerprint(
        recipe_of(found, options.precision)
    ):
        return Report(live.id, False, read, removed, live.manifest["counts"])
    with writing(store):
        return _build(store, live, source, read, removed, options, progress)


def _build(
    store: Store,
    live: Version | None,
    source: Source,
    read: Directory,
    removed: Sequence[str],
    options: Options,
    progress: Progress | None,
) -> Report:
    with store.building() as folder:
        known = store.ids()
        made = make(folder, source, _contents(live), progress)
        name = store.seal(folder, made.facts)
        gates = options.gates.results(store.open(name), live)
        failed = sorted(gate for gate, result in gates.items() if result != "passed")
        refused = failed and not options.force
        if (refused or options.dry_run) and name not in known:
            store.discard(name)
        if refused:
            told = "; ".join(f"{gate}: {gates[gate]}" for gate in failed)
            raise Refused(f"not published, {told} (--force publishes all the same)")
        if options.dry_run:
            return Report(
                name, False, read, removed, made.facts["counts"], made.encoded, gates, failed
            )
        store.publish(name, gates=gates, forced=failed)
        sweep(store, name)
        pruned = store.prune(options.keep)
    counts = made.facts["counts"]
    return Report(name, True, read, removed, counts, made.encoded, gates, failed, pruned)


def _changed(read: Directory, changes: Changes) -> tuple[list[Therapist], list[str]]:
    """The therapists as changed since, and the ids of those who were removed."""
    applied = [(therapist, changes.applied(therapist.record)) for therapist in read.therapists]
    kept = [Therapist.of(record) for _, record in applied if record is not None]
    return kept, [therapist.id for therapist, record in applied if record is None]


def _contents(live: Version | None) -> Contents | None:
    """What of the live version can be taken over, if anything."""
    try:
        return Contents.load(live) if live is not None else None
    except EngineError:
        return None


def _sound(store: Store) -> Version | None:
    """The live version if it is sound; a damaged one is built anew."""
    try:
        return store.open()
    except (NotBuilt, Damaged):
        return None
