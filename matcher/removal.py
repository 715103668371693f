"""Pausing, editing and removing a therapist without the directory at hand."""

from collections.abc import Collection, Mapping
from typing import Any

from index.errors import BadInput
from index.versions import Store
from index.where import Where
from matcher.changes import note_removed, note_set, noting
from matcher.encoder import Progress
from matcher.gates import ids
from matcher.merging import merged
from matcher.records import Therapist
from matcher.remaking import Base, remake, sweep, writing
from matcher.standing import NoTherapist, Standing


def set_fields(
    index: Where, id_: str, fields: Mapping[str, Any], tags: Collection[str] | None = None
) -> Therapist:
    """Change a therapist's fields over every version at once; the therapist as changed.

    A field that is None is taken away. Statements have vectors: `matcher.putting` changes them.
    `tags` are those of records that may be changed, as `matcher.records.tag` has them.
    Raises NoTherapist, Outdated, and BadInput for a value that the schema does not take.
    """
    Standing(index)
    with writing(Store(index)), noting(index):
        record = Standing(index).of(id_, tags)
        wanted = merged(record, fields)
        if wanted["statements"] != record["statements"]:
            raise BadInput("statements are no field that can be set", "statements")
        news = {n: wanted.get(n) for n in fields if wanted.get(n) != record.get(n)}
        if news:
            note_set(index, id_, news, record.get("updated", ""))
    return Therapist.of(wanted)


def leave(index: Where, id_: str, tags: Collection[str] | None = None) -> None:
    """Take a therapist out of the answers at once; `finish` takes them out of the files.

    `tags` are those of records that may be removed. Raises NoTherapist, Outdated, and BadInput for
    the only therapist there is.
    """
    Standing(index)
    with writing(Store(index)), noting(index):
        standing = Standing(index)
        record = standing.of(id_, tags)
        if all(other["id"] == id_ for other in standing):
            raise BadInput("the only therapist can't be removed: delete the index folder instead")
        note_removed(index, id_, record.get("updated", ""))


def finish(index: Where, progress: Progress | None = None) -> str:
    """Make the version without those who left, and delete all that hold them; the live one's id.

    Does nothing where that is done. Raises Busy, Damaged or Unwritable.
    """
    store = Store(index)
    with writing(store), store.building() as folder:
        base = Base.of(store.sound()[0])
        rest = list(base.contents.therapists())
        if base.contents.present.all():
            sweep(store, base.version.id)
            return base.version.id
        return remake(store, folder, base, rest, "remove", lambda: None, progress)[0]


def remove(index: Where, id_: str, progress: Progress | None = None) -> str:
    """Take a therapist out of the answers at once, and out of every version; the live one's id.

    Raises as `leave` and `finish` do; who left already is taken out of what still holds them.
    """
    try:
        leave(index, id_)
    except NoTherapist:
        store = Store(index)
        if not any(id_ in ids(store, version) for version in store.ids()):
            raise
        with writing(store), noting(index):
            note_removed(index, id_)
    return finish(index, progress)
