"""Putting records into the live directory: who is new is added, who is known is replaced."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.versions import Store
from index.where import Where
from matcher.changes import Record, note_put
from matcher.directory import problems
from matcher.encoder import Progress
from matcher.merging import BadRecord, field, merged
from matcher.records import Therapist
from matcher.remaking import Base, remake, writing
from matcher.standing import NoTherapist, Standing, check

MOST = 5000  # records at a time


@dataclass(frozen=True)
class Put:
    """What putting did: how many therapists came, changed and stayed, and texts encoded.

    `version` is the live one; `warnings` name fields that may hold a mistake, and what it is.
    """

    version: str
    added: int
    changed: int
    unchanged: int
    encoded: int
    warnings: Sequence[tuple[str, str]] = ()


def put(index: Where, records: Sequence[Record], progress: Progress | None = None) -> Put:
    """Add or replace therapists, all of them or none, in one version made of the live one.

    A record takes the place of the whole record of its id, and of all that was set of it; who was
    removed is back. The version is that of a build from a directory with these records. Records
    that are live already make none.
    Raises BadRecord for records that the schema does not take and ids that come twice; Busy,
    NotBuilt, Damaged, Missing or Unwritable, and nothing has changed then.
    """
    warnings = _checked(records)
    made = _made(index, lambda _: records, progress)[0]
    return Put(made.version, made.added, made.changed, made.unchanged, made.encoded, warnings)


def edit(
    index: Where,
    id_: str,
    fields: Mapping[str, Any],
    tags: Collection[str] | None = None,
    progress: Progress | None = None,
) -> Therapist:
    """Change fields of a therapist, statements too, in a version made of the live one.

    As `matcher.removal.set_fields`, which needs no version but takes no statements. Raises
    NoTherapist, Outdated, and as `put`.
    """
    merged(Standing(index).of(id_, tags), fields)  # what is wrong is said before any work

    def chosen(standing: Mapping[str, Therapist]) -> list[Record]:
        if id_ not in standing:
            raise NoTherapist("no therapist has this id", "id")
        check(standing[id_].record, tags)
        return [merged(standing[id_].record, fields)]

    (therapist,) = _made(index, chosen, progress)[1]
    return therapist


def _made(
    index: Where,
    choose: Callable[[Mapping[str, Therapist]], Sequence[Record]],
    progress: Progress | None,
) -> tuple[Put, list[Therapist]]:
    """Put the records chosen among those who stand; what that did, and the therapists put."""
    store = Store(index)
    store.current()
    with writing(store), store.building() as folder:
        base = Base.of(store.open())
        standing = {therapist.id: therapist for therapist in base.contents.therapists()}
        chosen = [Therapist.of(record) for record in choose(standing)]
        news = {t.id: t for t in chosen if t.id not in standing or standing[t.id] != t}
        added = len(news.keys() - standing.keys())
        counts = (added, len(news) - added, len(chosen) - len(news))
        if not news:
            return Put(base.version.id, *counts, 0), chosen

        def note() -> None:
            note_put(index, [therapist.record for therapist in news.values()], base.changes)

        everybody = list({**standing, **news}.values())
        name, encoded = remake(store, folder, base, everybody, "put", note, progress)
        return Put(name, *counts, encoded), chosen


def _checked(records: Sequence[Record]) -> list[tuple[str, str]]:
    """What may be a mistake in the records. Raises BadRecord for what is one."""
    if len(records) > MOST:
        raise BadRecord.of([("therapists", f"has more than {MOST:,} entries: put fewer at a time")])
    found = problems(dict(record) for record in records)
    told = [(p.error, f"therapists.{p.line}.{field(p)}", p.what) for p in found]
    wrong = [(place, what) for error, place, what in told if error] + list(_doubles(records))
    if wrong:
        raise BadRecord.of(wrong)
    return [(place, what) for _, place, what in told]


def _doubles(records: Sequence[Record]) -> Iterator[tuple[str, str]]:
    first: dict[str, int] = {}
    for number, record in enumerate(records):
        id_ = record.get("id")
        if isinstance(id_, str) and first.setdefault(id_, number) != number:
            yield f"therapists.{number}.id", f"is that of therapists.{first[id_]} too"
