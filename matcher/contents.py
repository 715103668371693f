"""What a version holds, written at build and read when it is served."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather as feather

from index.errors import Damaged
from index.rows import Rows
from index.versions import Version
from matcher.attributes import columns
from matcher.encoder import Encoder
from matcher.filters import Zips
from matcher.ranking import PASSAGES, STATEMENTS
from matcher.records import Therapist
from matcher.taxonomy import Taxonomy

TOPICS = "topics"  # rows made of the taxonomy's lines; a group is an issue or an approach


@dataclass(frozen=True)
class Contents:
    """A version in memory. Groups are the therapists in id order."""

    fields: Mapping[str, Rows]
    topics: Rows
    records: pa.Table
    columns: pa.Table
    taxonomy: Taxonomy
    zips: Zips
    encoder: Encoder

    def __len__(self) -> int:
        return len(self.records)

    def therapist(self, group: int) -> Therapist:
        """The therapist of a group."""
        return Therapist.of(json.loads(self.records["record"][group].as_py()))

    def therapists(self) -> Iterator[Therapist]:
        """All of them, in id order."""
        return (self.therapist(group) for group in range(len(self)))

    @cached_property
    def groups(self) -> dict[str, int]:
        """The group of each therapist's id."""
        return {id_: group for group, id_ in enumerate(self.records["id"].to_pylist())}

    @classmethod
    def load(cls, version: Version) -> "Contents":
        """Read a version whose files were checked. Raises Damaged."""
        try:
            return cls._read(version)
        except (OSError, ValueError, LookupError, RuntimeError) as error:
            # Its hashes are right, so it was made like this: by hand, or by other code.
            raise Damaged(
                f"version {version.id} can't be read ({type(error).__name__}): build again"
            ) from None

    @classmethod
    def _read(cls, version: Version) -> "Contents":
        folder, manifest = version.folder, version.manifest
        taxonomy = Taxonomy.of(json.loads((folder / "taxonomy.json").read_text("utf-8")))
        zips = feather.read_table(folder / "zips.arrow")
        places = zip(zips["latitude"].to_pylist(), zips["longitude"].to_pylist(), strict=True)
        return cls(
            fields={name: Rows.load(folder, name) for name in (STATEMENTS, PASSAGES)},
            topics=Rows.load(folder, TOPICS),
            records=feather.read_table(folder / "therapists.arrow"),
            columns=feather.read_table(folder / "columns.arrow"),
            taxonomy=taxonomy,
            zips=dict(zip(zips["zip"].to_pylist(), places, strict=True)),
            encoder=Encoder.load(folder / "encoder", manifest["encoder"]["fingerprint"]),
        )


def write_tables(
    folder: Path, therapists: Sequence[Therapist], taxonomy: Taxonomy, zips: Zips
) -> None:
    """Write all that is not a vector: records, columns, ZIP codes and the taxonomy."""
    tables = {
        "therapists": pa.table(
            {
                "id": pa.array([t.id for t in therapists], pa.string()),
                "record": pa.array([_json(t.record) for t in therapists], pa.large_string()),
            }
        ),
        "columns": columns(therapists, taxonomy, zips),
        "zips": pa.table(
            {
                "zip": pa.array(list(zips), pa.string()),
                "latitude": pa.array([place[0] for place in zips.values()], pa.float64()),
                "longitude": pa.array([place[1] for place in zips.values()], pa.float64()),
            }
        ),
    }
    for name, table in tables.items():
        feather.write_feather(table, str(folder / f"{name}.arrow"), compression="uncompressed")
    (folder / "taxonomy.json").write_text(_json(taxonomy.record()), "utf-8")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
