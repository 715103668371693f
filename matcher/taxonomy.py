"""The taxonomy: the issues clients bring and the approaches therapists practise."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

from matcher.files import read_data

NO_WORD = re.compile(r"[^\w&.-]+")
SENTENCE_END = re.compile(r"[.!?\n]+(?=\s|$)")


@dataclass(frozen=True)
class Topic:
    """An issue or an approach: its slug, its names, and lines in both voices."""

    slug: str
    name: str
    synonyms: tuple[str, ...] = ()
    description: str = ""
    client_lines: tuple[str, ...] = ()
    therapist_lines: tuple[str, ...] = ()

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Topic":
        """Take an entry of taxonomy.json."""
        lists = ("synonyms", "client_lines", "therapist_lines")
        return cls(**{**record, **{key: tuple(record.get(key, ())) for key in lists}})


@dataclass(frozen=True)
class Taxonomy:
    """Issues and approaches by slug, and the way from a name as people write it to its slug.

    `elsewhere` has lines in both voices that speak of no issue at all.
    """

    issues: Mapping[str, Topic]
    approaches: Mapping[str, Topic]
    elsewhere: Topic = Topic("elsewhere", "")

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Taxonomy":
        """Take the content of taxonomy.json."""
        elsewhere = Topic.of({"slug": "elsewhere", "name": "", **record.get("elsewhere", {})})
        return cls(_by_slug(record["issues"]), _by_slug(record["approaches"]), elsewhere)

    @classmethod
    def packaged(cls) -> "Taxonomy":
        """The taxonomy that ships with the project."""
        return cls.of(read_data("taxonomy.json"))

    @cached_property
    def names(self) -> Mapping[tuple[str, ...], tuple[str, ...]]:
        """The slugs of issues and approaches by the words of each of their names and synonyms."""
        found: dict[tuple[str, ...], tuple[str, ...]] = {}
        for topic in (*self.issues.values(), *self.approaches.values()):
            for name in {tuple(words(name)) for name in (topic.name, *topic.synonyms)}:
                found[name] = (*found.get(name, ()), topic.slug)
        return found

    def record(self) -> dict[str, Any]:
        """What `of` takes."""
        return {
            "issues": [asdict(topic) for topic in self.issues.values()],
            "approaches": [asdict(topic) for topic in self.approaches.values()],
            "elsewhere": asdict(self.elsewhere),
        }

    def issue(self, text: str) -> str:
        """The slug of an issue given by slug, name or synonym; else the text, casefolded."""
        return self._issues_by_name.get(key(text), key(text))

    def approach(self, text: str) -> str:
        """The slug of an approach given by slug, name or synonym; else the text, casefolded."""
        return self._approaches_by_name.get(key(text), key(text))

    @cached_property
    def _issues_by_name(self) -> Mapping[str, str]:
        return _by_name(self.issues.values())

    @cached_property
    def _approaches_by_name(self) -> Mapping[str, str]:
        return _by_name(self.approaches.values())

    def described(self, approaches: Sequence[Mapping[str, Any]]) -> "Taxonomy":
        """Take over a directory's own names and descriptions of approaches."""
        known = dict(self.approaches)
        for record in approaches:
            slug = self.approach(record["name"])
            topic = known.get(slug, Topic(slug, record["name"]))
            known[slug] = replace(topic, description=record["description"], name=record["name"])
        return replace(self, approaches=known)


def words(text: str) -> list[str]:
    """Casefolded words, with a dot for each end of a sentence."""
    return NO_WORD.sub(" ", SENTENCE_END.sub(" . ", text)).casefold().split()


def key(text: str) -> str:
    """What two spellings of one value share: case and runs of spaces don't count."""
    return " ".join(text.casefold().split())


def _by_slug(records: Iterable[Mapping[str, Any]]) -> dict[str, Topic]:
    return {record["slug"]: Topic.of(record) for record in records}


def _by_name(topics: Iterable[Topic]) -> dict[str, str]:
    """The slug of each topic by its slug, name and synonyms; the first one has a name of two."""
    found: dict[str, str] = {}
    for topic in topics:
        for name in (topic.slug, key(topic.name), *map(key, topic.synonyms)):
            found.setdefault(name, topic.slug)
    return found
