"""What the encoder is tuned on: clients' texts and therapists' statements about the same.

Texts written for this project, data/pairs.jsonl and the taxonomy's lines, and CounselChat's
questions of the role `statements` where they lie beside the checkout; never a text that anything
is measured on.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.data import DATA, QUESTIONS
from benchmarks.sets import read
from matcher.passages import passages, struggles
from matcher.taxonomy import Taxonomy

BATCH = 48  # pairs, each the others' counterexample
WHOLE = 0.4  # how often a text is learnt whole; else a few of its sentences, as passages are
# Which source each step learns from, in turn. Real questions come twice: each stands against others
# of the same topic too, which keeps the eye for the single case.
TURNS = ("questions", "questions", "lines", "texts")


@dataclass(frozen=True)
class Source:
    """Clients' texts and statements by issue, and whether others of that issue are no match."""

    groups: Sequence[tuple[str, Sequence[str], Sequence[str]]]
    apart: bool  # others of the same issue count as neither right nor wrong


def sources(questions: Path = QUESTIONS) -> dict[str, Source]:
    """What there is to learn from on this machine."""
    issues = Taxonomy.packaged().issues.values()
    found = {
        "lines": Source([(i.slug, i.client_lines, i.therapist_lines) for i in issues], True),
        "texts": Source(
            [(p["issue"], p["clients"], p["statements"]) for p in read(DATA / "pairs.jsonl")], True
        ),
    }
    if questions.is_file():
        chosen = [record for record in read(questions) if record["role"] == "statements"]
        pairs = [
            (r["topic"], [f"{r['title']}\n{r['text']}"], [a["text"] for a in r["answers"]])
            for r in chosen
            if r["answers"]
        ]
        found["questions"] = Source(pairs, False)
    return found


def batch(
    name: str, source: Source, chance: random.Random
) -> tuple[list[str], list[str], list[str]]:
    """Issues, clients' texts and statements of one step."""
    chosen = chance.sample(list(source.groups), min(BATCH, len(source.groups)))
    if name == "lines":
        clients, statements = (
            [" ".join(chance.sample(list(lines), chance.choice((1, 1, 2)))) for lines in side]
            for side in ([c for _, c, _ in chosen], [s for _, _, s in chosen])
        )
    else:
        clients = [_part(chance.choice(c), struggles, chance) for _, c, _ in chosen]
        statements = [_part(chance.choice(s), passages, chance) for _, _, s in chosen]
    return [issue for issue, _, _ in chosen], clients, statements


def _part(text: str, cut: Callable[[str], Any], chance: random.Random) -> str:
    """The text, or one to four of its sentences in a row."""
    spans = list(cut(text))
    if chance.random() < WHOLE or len(spans) < 2:
        return text
    first = chance.randrange(len(spans))
    last = min(len(spans), first + chance.randint(1, 4))
    return text[spans[first].start : spans[last - 1].end]
