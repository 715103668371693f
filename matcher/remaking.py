"""Makes a version of the live one with other therapists, without the directory at hand.

The encoder is the live version's own, so that neither torch nor the weights are needed, and only
texts that the live version has no vector of are encoded.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.errors import EngineError, Unwritable
from index.versions import Store, Version
from matcher.changes import Changes, forget, noting
from matcher.contents import Contents
from matcher.encoder import Progress
from matcher.gates import ids
from matcher.making import Source, make
from matcher.records import Therapist

KEPT = 5  # versions, beside the live one's parent
# Bytes a first version takes: the default encoder, and room for a small directory.
FIRST_VERSION = 50_000_000


@dataclass(frozen=True)
class Base:
    """The live version, what is in it as changed, and the changes themselves."""

    version: Version
    contents: Contents
    changes: Changes

    @classmethod
    def of(cls, version: Version) -> "Base":
        """Read a version's contents under the index's changes. Raises Damaged."""
        changes = Changes.read(version.engine.where)
        return cls(version, Contents.load(version).with_changes(changes), changes)


def remake(
    store: Store,
    folder: Path,
    base: Base,
    therapists: Sequence[Therapist],
    by: str,
    note: Callable[[], None],
    progress: Progress | None,
) -> tuple[str, int]:
    """Make a version with these therapists, check it and publish it; its id, and texts encoded.

    `note` is called right before it goes live, when nothing else is in the way of that.
    Raises Damaged where what was made can't be served.
    """
    contents = base.contents
    inside = sorted(therapists, key=lambda therapist: therapist.id)
    source = Source(inside, contents.taxonomy, contents.zips, None)
    made = make(folder, source, contents, progress)
    name = store.seal(folder, made.facts)
    # Gates are for what a directory file may bring: here nobody is lost, and no encoder changes.
    Contents.load(store.open(name))
    with noting(store.engine.where):
        note()
        if name != store.current():
            store.publish(name, by=by)
    sweep(store, name)
    store.prune(KEPT)
    return name, made.encoded


def sweep(store: Store, live: str) -> None:
    """Delete every other version that holds somebody who left, and what was set of them."""
    where = store.engine.where
    removed = set(Changes.read(where).removed)
    gone = removed - set(ids(store, live))
    for version in store.ids() if gone else ():
        if version != live and not gone.isdisjoint(ids(store, version)):
            store.discard(version)
    if gone:
        with noting(where):
            forget(where, gone)


@contextmanager
def writing(store: Store) -> Iterator[None]:
    """Say what an index that can't be written needs. Raises Unwritable."""
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"the index could not be written ({error.strerror}); what was live still is. "
            f"{_space(store)}"
        ) from None


def _space(store: Store) -> str:
    """How much room a version takes, and how much there is."""
    try:
        files = store.manifest(store.current())["files"].values()
    except EngineError:
        files = []
    needed = sum(file["bytes"] for file in files) or FIRST_VERSION
    folder = store.folder.resolve()
    free = shutil.disk_usage(next(p for p in (folder, *folder.parents) if p.exists())).free
    return f"A version takes about {needed / 1e6:.0f} MB, {free / 1e6:.0f} MB are free"
