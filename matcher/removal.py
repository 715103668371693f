"""Pausing, editing and removing a therapist without the directory at hand."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.errors import BadInput
from index.versions import Store
from matcher.changes import Changes, note_removed, note_set
from matcher.contents import Contents
from matcher.directory import problems
from matcher.encoder import Progress
from matcher.gates import ids
from matcher.making import Source, make
from matcher.records import Therapist


def set_fields(index: Path, id_: str, fields: Mapping[str, Any]) -> Therapist:
    """Change a therapist's fields over every version at once; the therapist as changed.

    Raises BadInput for an unknown id, and for a value that the schema does not take.
    """
    contents = _contents(index)
    if id_ not in contents.groups:
        raise BadInput(f"no therapist in {index} has this id", "id")
    changed = {**contents.therapist(contents.groups[id_]).record, **fields}
    wrong = [f"{p.field}: {p.what}" for p in problems([changed]) if p.error]
    if wrong:
        raise BadInput("; ".join(wrong), "fields")
    note_set(index, id_, fields)
    return Therapist.of(changed)


def remove(index: Path, id_: str, progress: Progress | None = None) -> str:
    """Take a therapist out of the answers at once, and out of every version; the new live one.

    A version without them is made of the live one, and every other that holds them is deleted.
    Raises BadInput for an unknown id, and for the only therapist there is.
    """
    store = Store(index)
    contents = _contents(index)
    if id_ not in contents.groups and not any(id_ in ids(store.versions / v) for v in store.ids()):
        raise BadInput(f"no therapist in {index} has this id", "id")
    rest = [therapist for therapist in contents.therapists() if therapist.id != id_]
    if not rest:
        raise BadInput("the only therapist can't be removed: delete the index folder instead")
    note_removed(index, id_)
    live = store.sound()[0]
    with store.building() as folder:
        made = make(folder, Source(rest, contents.taxonomy, contents.zips, None), live, progress)
        name = store.seal(folder, made.facts)
        store.open(name)
        store.publish(name, by="remove")
        for version in store.ids():
            if version != name and id_ in ids(store.versions / version):
                store.discard(version)
    return name


def _contents(index: Path) -> Contents:
    return Contents.load(Store(index).sound()[0]).with_changes(Changes.read(index))
