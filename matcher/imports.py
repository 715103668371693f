"""Turns directory pages into the records of a directory file."""

from collections.abc import Sequence
from typing import Any

from matcher.pages import Entry, Page, same_person
from matcher.taxonomy import Taxonomy

Record = dict[str, Any]


def directory_records(pages: Sequence[Page], taxonomy: Taxonomy) -> list[Record]:
    """One record a person, with a statement for each approach page they stand on."""
    return [_record(id_, entries, taxonomy) for id_, entries in same_person(pages).items()]


def approach_records(pages: Sequence[Page], taxonomy: Taxonomy) -> list[Record]:
    """Each approach's slug, name and description, once."""
    slugs = [taxonomy.approach(page.approach) for page in pages]
    return list(
        {
            slug: {"slug": slug, "name": page.approach, "description": page.description}
            for slug, page in zip(slugs, pages, strict=True)
        }.values()
    )


def _record(id_: str, entries: list[tuple[Page, Entry]], taxonomy: Taxonomy) -> Record:
    first = entries[0][1].signature
    credentials = [c for _, entry in entries for c in entry.signature.credentials]
    titles = [entry.signature.title for _, entry in entries if entry.signature.title]
    approaches = [taxonomy.approach(page.approach) for page, _ in entries]
    statements = [
        {"about": approach, "text": entry.text}
        for approach, (_, entry) in zip(approaches, entries, strict=True)
    ]
    record: Record = {
        "id": id_,
        "name": first.name,
        "title": titles[0] if titles else None,
        "credentials": list(dict.fromkeys(credentials)),
        "city": first.city,
        "state": first.state,
        "approaches": list(dict.fromkeys(approaches)),
        "statements": [s for i, s in enumerate(statements) if s not in statements[:i]],
    }
    return {field: value for field, value in record.items() if value}
