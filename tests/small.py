"""A directory so small that a person sees the right answer without running anything."""

import json
from pathlib import Path
from typing import Any

from matcher.build import Options
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


def write_directory(path: Path, records: list[dict[str, Any]] = THERAPISTS) -> Path:
    """Write a directory file and return its path."""
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path
