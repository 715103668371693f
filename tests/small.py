"""A directory so small that a person sees the right answer without running anything."""

import json
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from matcher import Matcher
from matcher.build import Options
from matcher.contents import declared
from matcher.derived import proposals
from matcher.gates import Gates

# Builds whatever the live version loses by it.
LOOSE = Options(gates=Gates(max_loss=1))
GRIEF, BOUNDARIES, COUPLES, PANIC, TEENS = "grief", "boundaries", "couples", "panic", "teens"

THERAPISTS: list[dict[str, Any]] = [
    {
        "id": GRIEF,
        "name": "Greta Holm",
        "title": "Psychologist",
        "city": "Seattle",
        "state": "WA",
        "zip": "98101",
        "licensed_in": ["WA", "OR"],
        "telehealth": True,
        "accepting": True,
        "fee_min": 100,
        "fee_max": 150,
        "insurance": ["Aetna"],
        "languages": ["English", "Spanish"],
        "approaches": ["relational"],
        "issues": ["grief"],
        "times": ["evenings"],
        "gender": "woman",
        "url": "https://directory.example/grief",
        "statements": [
            {
                "about": "relational",
                "text": "After a death the nights are the worst. I sit with people who have lost "
                "their mother, their father or a child, and we let the grief take its time.",
            },
            {
                "about": "sleep",
                "text": "Sleep often goes when someone dies. We look at what keeps you awake at "
                "three in the morning, and at what the one you lost would have said.",
            },
        ],
    },
    {
        "id": BOUNDARIES,
        "name": "Bo Adeyemi",
        "city": "Portland",
        "state": "OR",
        "zip": "97205",
        "telehealth": True,
        "accepting": False,
        "fee_min": 180,
        "insurance": ["Cigna", "Aetna"],
        "languages": ["English"],
        "approaches": ["CBT"],
        "gender": "man",
        "statements": [
            {
                "about": "cbt",
                "text": "People-pleasers say yes to everyone and pay for it with resentment. We "
                "practise saying no to your mother, to your boss and to your friends.",
            }
        ],
    },
    {
        "id": COUPLES,
        "name": "Clara Fontaine",
        "state": "NV",
        "telehealth": False,
        "accepting": True,
        "fee_min": 120,
        "approaches": ["emotionally-focused"],
        "statements": [
            {
                "text": "Couples who fight about the dishes are rarely fighting about the dishes. "
                "I slow your arguments down until each of you hears what the other is asking for."
            }
        ],
    },
    {
        "id": PANIC,
        "name": "Pavel Novák",
        "statements": [
            {
                "about": "panic-attacks",
                "text": "Panic makes the heart race and the chest tighten until you are sure that "
                "you will die. We learn what the body does there, and go back to the places that "
                "you avoid."
            }
        ],
    },
    {
        "id": TEENS,
        "name": "Tess O'Brien-Ng",
        "state": "WA",
        "zip": "98402",
        "telehealth": True,
        "accepting": True,
        "ages": ["Teens"],
        "identities": ["LGBTQ+ affirming"],
        "statements": [
            {
                "text": "Teenagers come here because school, friends and phones have become too "
                "much. Parents are welcome for ten minutes; the rest belongs to the teenager. 😀 "
                "We draw, we walk, we talk about games until something true comes up."
            }
        ],
    },
]  # fmt: skip

# Two of each: they say the same in other words.
PAIRS: list[dict[str, Any]] = [
    {"id": id_, "name": id_, "statements": [{"text": text}]}
    for id_, text in {
        "grief-a": "I sit with people who have lost a mother, a father or a child to death.",
        "grief-b": "Bereavement takes its time: after someone dies, we mourn them together.",
        "panic-a": "Panic attacks make the heart race; we learn to ride out the fear.",
        "panic-b": "When fear comes in waves and the chest tightens, we breathe through it.",
        "couples-a": "I slow the arguments of couples down until each hears the other.",
        "couples-b": "Husbands and wives who fight every night learn to listen again.",
    }.items()
]


def as_large(matcher: Matcher) -> Matcher:
    """The same matcher with proposals, as a large directory has them."""
    own, other = matcher.contents, copy(matcher)
    marks = declared(own.columns, own.taxonomy)
    made = proposals(own.middles.rows, own.profiles, marks, own.hubs)
    other.contents = replace(own, proposals=made)
    return other


def write_directory(path: Path, records: list[dict[str, Any]] = THERAPISTS) -> Path:
    """Write a directory file and return its path."""
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path


CHANGES = "changes.jsonl"  # of an index folder

# Somebody who isn't among them.
FLYING: dict[str, Any] = {
    "id": "flying",
    "name": "Flora Vega",
    "zip": "98101",
    "state": "WA",
    "accepting": True,
    "statements": [{"text": "Afraid of flying? We begin on the ground, with a plane's sounds."}],
}
SPIDERS = [{"text": "Spiders in the cellar keep you upstairs; we meet them one leg at a time."}]


def record(index: Path, id_: str) -> dict[str, Any]:
    """The record of a therapist who is live."""
    found = Matcher.open(index).therapist(id_)
    assert found is not None
    return dict(found.record)


def first(index: Path, text: str, **filters: object) -> str:
    """The id of who comes first."""
    return Matcher.open(index).match(text, filters).matches[0].therapist.id
