"""The approaches of a directory: who practises each, and how many do."""

from dataclasses import dataclass

from index.filters import AnyOf, admitted
from matcher.choices import stated
from matcher.contents import Contents
from matcher.records import Therapist
from matcher.taxonomy import Topic, key


@dataclass(frozen=True)
class Practised:
    """An approach and the therapists who practise it, in id order."""

    topic: Topic
    therapists: tuple[Therapist, ...]


def practised(contents: Contents, approach: str) -> Practised | None:
    """An approach by slug, name or synonym with its therapists, or None if nobody practises it."""
    slug = contents.taxonomy.approach(approach)
    mask = admitted(contents.columns, [AnyOf("approaches", (slug,))]) & contents.present
    topic = contents.taxonomy.approaches.get(slug, Topic(slug, slug))
    groups = mask.nonzero()[0].tolist()
    if not groups:
        return None
    return Practised(topic, tuple(contents.therapist(group) for group in groups))


def approach_counts(contents: Contents) -> list[tuple[Topic, int]]:
    """Each approach practised in the directory and by how many, in alphabetical order."""
    counted = stated(contents.columns, contents.present, "approaches").value_counts()
    known = contents.taxonomy.approaches
    pairs = ((str(c["values"]), int(c["counts"].as_py())) for c in counted)
    found = [(known.get(slug, Topic(slug, slug)), count) for slug, count in pairs]
    return sorted(found, key=lambda pair: key(pair[0].name))
