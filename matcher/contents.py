"""What a version holds, written at build and read when it is served."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather

from index import engine
from index.engine import COLUMNS
from index.errors import BadInput, Damaged
from index.fields import SLOPE, Density, Field, Marks, Values
from index.middles import Middles
from index.proposals import Fields, Proposing
from index.rows import Ints, Mask, Rows
from index.tallies import Held
from index.versions import Version
from index.words import Words
from matcher import alarm, bridge
from matcher.alarm import Alarm
from matcher.attributes import columns
from matcher.bridge import Bridge
from matcher.changes import Changes, Record
from matcher.choices import choices
from matcher.directory import problems
from matcher.encoder import Encoder
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy
from matcher.zips import Zips, ZipTable, zip_columns

T = TypeVar("T")

HUBS_FILE = "hubs.npy"
RECORDS = "therapists.arrow"
RECORDS_KEPT = 1000  # parsed, of those last asked for
# Fields: what a therapist is held against by. The first two are made of encoded texts.
SECTIONS, PASSAGES = "sections", "passages"
ISSUES, DECLARED, PRACTISED, HUBS = "issues", "declared", "practised", "hubs"
WORDS = engine.WORDS
MIDDLES = "middles"  # of the sections: what therapists are held against one another by
# What the middle of a therapist's sections stands for while therapists are proposed.
NEAR_MIDDLE = {SECTIONS: SLOPE, PASSAGES: 1.0, MIDDLES: 1.0}
TOPICS = "topics"  # rows made of the issues' names and lines; a group is an issue, the last is none


@dataclass(frozen=True)
class Contents:
    """A version in memory. Groups are the therapists in id order."""

    version: Version
    texts: Mapping[str, Rows]  # the fields that texts were encoded for
    profiles: Rows  # one a therapist: what the sections speak of, over the issues
    words: Words
    hubs: Values
    proposals: Proposing | None
    topics: Rows
    bridge: Bridge
    alarm: Alarm
    records: pa.Table
    columns: pa.Table
    taxonomy: Taxonomy
    zips: Zips
    encoder: Encoder
    present: Mask  # bool (groups,): False for those removed since the version was built
    # int64 (n,): the groups of those who differ from the version's own records, or are not present.
    apart: Ints = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return int(self.present.sum())

    @property
    def changed(self) -> int:
        """How many therapists differ from the version's own records."""
        return len(self.apart)

    def therapist(self, group: int) -> Therapist:
        """The therapist of a group."""
        return self._therapists(group)

    @cached_property
    def _therapists(self) -> Callable[[int], Therapist]:
        # Reading a record takes longer than finding it; these are the directory's, no client's.
        records = self.records["record"]
        return lru_cache(RECORDS_KEPT)(
            lambda group: Therapist.of(json.loads(records[group].as_py()))
        )

    def therapists(self) -> Iterator[Therapist]:
        """All who are present, in id order."""
        return (self.therapist(group) for group in np.flatnonzero(self.present).tolist())

    def with_changes(self, changes: Changes) -> "Contents":
        """The same vectors under records as changed; to be called on a version's own contents."""
        # Those concerned alone are read: all records of a large directory take seconds.
        concerned = changes.fields.keys() | changes.removed.keys()
        if not concerned:
            return self
        records = {
            group: json.loads(self.records["record"][group].as_py())
            for group, id_ in enumerate(self.records["id"].to_pylist())
            if id_ in concerned
        }
        news = {group: changes.applied(record) for group, record in records.items()}
        try:
            return self._with(records, news)
        except (TypeError, ValueError, LookupError, AttributeError):
            # Somebody wrote into the file by hand; whoever stands there rightly is still changed.
            return self._with(records, _sound(records, news))

    def _with(self, records: Mapping[int, Record], news: Mapping[int, Record | None]) -> "Contents":
        """The contents with these groups' records, before and after; None for who left."""
        changed = {group: new for group, new in news.items() if new is not records[group]}
        if not changed:
            return self
        present = self.present.copy()
        present[[group for group, new in changed.items() if new is None]] = False
        edited = {group: Therapist.of(new) for group, new in changed.items() if new is not None}
        therapists, groups = list(edited.values()), list(edited)
        return replace(
            self,
            records=_replaced(self.records, groups, records_table(therapists)),
            columns=_replaced(self.columns, groups, columns(therapists, self.taxonomy, self.zips)),
            present=present,
            apart=np.array(list(changed), dtype=np.int64),
        )

    @cached_property
    def places(self) -> Ints:
        """Where each passage stands: int64 (passages, 3) of its statement, start and end."""
        table = self.texts[PASSAGES].table
        return np.stack([table[name].to_numpy() for name in ("statement", "start", "end")], axis=1)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """All that a query is held against, by the names that `matcher.ranking` has for it."""
        marks = {
            DECLARED: declared(self.columns, self.taxonomy),
            PRACTISED: Marks(self.columns["approaches"], tuple(self.taxonomy.approaches)),
        }
        return {
            SECTIONS: Density(self.texts[SECTIONS]),
            MIDDLES: self.middles,
            PASSAGES: self.texts[PASSAGES],
            ISSUES: self.profiles,
            WORDS: self.words,
            HUBS: self.hubs,
            **marks,
        }

    @cached_property
    def middles(self) -> Middles:
        """What each therapist wrote, as one vector."""
        return Middles(self.texts[SECTIONS])

    @cached_property
    def choices(self) -> Mapping[str, tuple[str, ...]]:
        """For each filter, the values stated somewhere in the directory."""
        return choices(self.columns, self.present, self.therapist)

    @cached_property
    def held(self) -> Mapping[str, Held]:
        """For each filter with a list of values, its column made ready for counting."""
        return {name: Held.of(self.columns[name]) for name in self.choices}

    @cached_property
    def groups(self) -> dict[str, int]:
        """The group of each present therapist's id."""
        ids = self.records["id"].to_pylist()
        return {ids[group]: group for group in np.flatnonzero(self.present).tolist()}

    @classmethod
    def load(cls, version: Version, beside: "Contents | None" = None) -> "Contents":
        """Read a version whose files were checked. Raises Damaged.

        What it has in common with the one `beside` it, which is in memory already, is shared.
        """
        try:
            return cls._read(version, beside)
        except (OSError, ValueError, LookupError, RuntimeError, BadInput) as error:
            # Its hashes are right, so it was made like this: by hand, or by other code.
            raise Damaged(
                f"version {version.id} can't be read ({type(error).__name__}): build again"
            ) from None

    @classmethod
    def _read(cls, version: Version, beside: "Contents | None") -> "Contents":
        folder = version.folder

        def shared(held: Callable[[Contents], T], start: str, read: Callable[[], T]) -> T:
            # These seldom change, and take the most time or memory to make ready.
            same = beside is not None and version.shares(beside.version, start)
            return held(beside) if beside and same else read()

        taxonomy = shared(
            lambda c: c.taxonomy,
            "taxonomy.json",
            lambda: Taxonomy.of(json.loads((folder / "taxonomy.json").read_text("utf-8"))),
        )
        encoder = shared(lambda c: c.encoder, "encoder/", lambda: Encoder(folder / "encoder"))
        if encoder.fingerprint != version.manifest["encoder"]["fingerprint"]:
            raise Damaged(
                f"version {version.id} has another encoder than the one that made it: build again"
            )
        records = feather.read_table(folder / RECORDS)
        return cls(
            version=version,
            texts={name: version.rows(name) for name in (SECTIONS, PASSAGES)},
            profiles=version.rows(ISSUES),
            words=Words.load(folder, WORDS),
            hubs=Values(np.load(folder / HUBS_FILE)),
            proposals=version.proposals(proposed_by(encoder.width, taxonomy)),
            topics=shared(lambda c: c.topics, f"{TOPICS}.", lambda: version.rows(TOPICS)),
            bridge=shared(lambda c: c.bridge, bridge.FILE, lambda: Bridge.load(folder)),
            alarm=shared(lambda c: c.alarm, alarm.FILE, lambda: Alarm.load(folder)),
            records=records,
            present=np.ones(len(records), dtype=np.bool_),
            columns=feather.read_table(folder / COLUMNS).combine_chunks(),
            taxonomy=taxonomy,
            zips=shared(
                lambda c: c.zips,
                "zips.arrow",
                lambda: ZipTable(feather.read_table(folder / "zips.arrow")),
            ),
            encoder=encoder,
        )


def _sound(
    records: Mapping[int, Record], news: Mapping[int, Record | None]
) -> dict[int, Record | None]:
    """The records as changed, but for those that their schema would not take."""
    groups = list(records)
    found = problems([dict(news[group] or records[group]) for group in groups])
    wrong = {groups[p.line] for p in found if p.error}
    return {group: records[group] if group in wrong else news[group] for group in groups}


def declared(columns: pa.Table, taxonomy: Taxonomy) -> Marks:
    """The issues that therapists declare, or that a statement of theirs is about."""
    return Marks(columns["issues"], tuple(taxonomy.issues))


def proposed_by(width: int, taxonomy: Taxonomy) -> Fields:
    """The fields that therapists are proposed by; the encoder's vectors have this width."""
    issues = len(taxonomy.issues)
    beside = {ISSUES: issues + 1, DECLARED: issues, HUBS: 1}
    return [(NEAR_MIDDLE, width), *(({name: 1.0}, size) for name, size in beside.items())]


def _replaced(table: pa.Table, groups: Sequence[int], rows: pa.Table) -> pa.Table:
    """A table, one row a group, with these groups' rows replaced."""
    if not groups:
        return table
    order = np.arange(len(table))
    order[groups] = len(table) + np.arange(len(groups))
    return pa.concat_tables([table, rows]).combine_chunks().take(order)


def records_table(therapists: Sequence[Therapist]) -> pa.Table:
    """The table of ids and records, one row a therapist."""
    return pa.table(
        {
            "id": pa.array([t.id for t in therapists], pa.string()),
            "record": pa.array([_json(t.record) for t in therapists], pa.large_string()),
        }
    )


def write_tables(
    folder: Path, records: pa.Table, attributes: pa.Table, taxonomy: Taxonomy, zips: Zips
) -> None:
    """Write all that is not a vector: records, columns, ZIP codes and the taxonomy."""
    tables = {RECORDS: records, COLUMNS: attributes, "zips.arrow": zip_columns(zips)}
    for name, table in tables.items():
        feather.write_feather(table, str(folder / name), compression="uncompressed")
    (folder / "taxonomy.json").write_text(_json(taxonomy.record()), "utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
