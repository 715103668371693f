"""Examples for the API's description: fictional people, and answers as the service gives them."""

from typing import Any

TEXT = "I keep saying yes to my mother and then hate myself"
FILTERS = {"state": "WA", "telehealth": True, "accepting": True, "max_fee": 180}
VERSION = "4f1c09a27be35d86+2"
PAGE = "q0Vn2iX4c1gAAAAKcG3u"
WRITTEN = "We practise saying no to your mother, to your boss and to your friends."
THERAPIST: dict[str, Any] = {
    "id": "t-0001",
    "name": "Bo Adeyemi",
    "title": "Licensed Marriage & Family Therapist",
    "city": "Seattle",
    "state": "WA",
    "zip": "98101",
    "licensed_in": ["WA", "OR"],
    "telehealth": True,
    "accepting": True,
    "confirmed": "2026-11-02",
    "fee_min": 120,
    "fee_max": 180,
    "insurance": ["Aetna"],
    "languages": ["English", "Spanish"],
    "issues": ["anxiety"],
    "approaches": ["cbt"],
    "url": "https://directory.example/t-0001",
    "statements": [{"about": "cbt", "text": WRITTEN}],
}
RESOURCE = {
    "name": "988 Suicide & Crisis Lifeline",
    "call": "988",
    "text": "988",
    "url": "https://988lifeline.org",
}

MATCH_REQUEST: dict[str, Any] = {"text": TEXT, "filters": FILTERS, "limit": 3}
BATCH_REQUEST: dict[str, Any] = {
    "requests": [MATCH_REQUEST, {"text": "I can't sleep since my father died", "limit": 1}]
}
COUNTS_REQUEST: dict[str, Any] = {"filters": FILTERS}

MATCH: dict[str, Any] = {
    "matches": [
        {
            "therapist": THERAPIST,
            "score": 0.71,
            "evidence": [
                {
                    "statement": 0,
                    "start": 0,
                    "end": len(WRITTEN),
                    "quote": WRITTEN,
                    "about": "cbt",
                    "struggle": TEXT,
                }
            ],
        }
    ],
    "good_match": True,
    "understood": {
        "issues": [{"issue": "family-conflict", "score": 0.8}],
        "approaches": [],
        "wishes": [],
        "language": "en",
    },
    "counts": {"directory": 412, "qualifying": 31},
    "crisis": None,
    "version": VERSION,
    "next_page": PAGE,
}
FAILED: dict[str, Any] = {
    "type": "about:blank",
    "title": "Internal Server Error",
    "status": 500,
    "detail": "the request failed here; nothing of it was kept",
    "crisis": {"kind": "suicide", "resources": [RESOURCE]},
}
BATCH: dict[str, Any] = {"answers": [MATCH, FAILED]}
COUNTS: dict[str, Any] = {
    "counts": {"directory": 412, "qualifying": 31},
    "choices": {
        "state": [{"value": "OR", "therapists": 12}, {"value": "WA", "therapists": 31}],
        "telehealth": [{"value": True, "therapists": 31}],
        "in_person": [],
        "accepting": [{"value": True, "therapists": 31}],
        "insurance": [{"value": "Aetna", "therapists": 9}],
        "languages": [{"value": "Spanish", "therapists": 4}],
        "issues": [{"value": "anxiety", "therapists": 22}],
        "approaches": [{"value": "cbt", "therapists": 11}],
        "ages": [],
        "times": [],
        "gender": [],
        "identities": [],
        "max_fee": [{"value": 150, "therapists": 17}],
    },
    "without": [{"filter": "state", "therapists": 120}],
    "version": VERSION,
}
SIMILAR: dict[str, Any] = {
    "matches": [{"therapist": {**THERAPIST, "id": "t-0002"}, "score": 0.62}],
    "version": VERSION,
}
APPROACHES: dict[str, Any] = {
    "approaches": [
        {
            "approach": "cbt",
            "name": "Cognitive Behavioral Therapy",
            "description": "Looks at what you think and do, and at what keeps it going.",
            "therapists": 11,
        }
    ]
}
APPROACH: dict[str, Any] = {
    "approach": "cbt",
    "name": "Cognitive Behavioral Therapy",
    "description": "Looks at what you think and do, and at what keeps it going.",
    "therapists": [THERAPIST],
}
STATE: dict[str, Any] = {"status": "ready", "version": "4f1c09a27be35d86"}

LIVE: dict[str, Any] = {
    "version": VERSION.partition("+")[0],
    "changes": 0,
    "published": "2026-11-02T04:00:00+00:00",
    "format": 6,
    "encoder": {"name": "all-MiniLM-L6-v2", "fingerprint": "5d41402abc4b2a76"},
    "counts": {"therapists": 412, "statements": 960, "passages": 3500, "issues": 76},
}
PUT: dict[str, Any] = {
    "version": VERSION.partition("+")[0],
    "added": 1,
    "changed": 2,
    "unchanged": 0,
    "encoded": 7,
    "warnings": [],
}

# By the name of what it is an example of.
EXAMPLES: dict[str, dict[str, Any]] = {
    "MatchRequest": MATCH_REQUEST,
    "BatchRequest": BATCH_REQUEST,
    "CountsRequest": COUNTS_REQUEST,
    "MatchAnswer": MATCH,
    "BatchAnswer": BATCH,
    "CountsAnswer": COUNTS,
    "SimilarAnswer": SIMILAR,
    "Approaches": APPROACHES,
    "ApproachPage": APPROACH,
    "Problem": FAILED,
    "Therapist": THERAPIST,
    "VersionAnswer": LIVE,
    "PutAnswer": PUT,
    "State": STATE,
}
