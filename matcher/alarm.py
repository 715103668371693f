"""The alarm: hears danger in what a text means and in its phrases where no pattern does.

A support vector machine over vectors and a regression over phrases, both fitted at build to lines
written for it (`data/danger.jsonl`): what people in danger write, and what sounds like it and
isn't. The machine knows the lines by the vectors of the version's own encoder, so another encoder
means another fit. No diagnosis, no triage, no promise; `docs/safety.md` has its figures.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.vectors import Floats
from matcher import machine, phrases
from matcher.bridge import Reader
from matcher.encoder import Encoder
from matcher.files import DATA
from matcher.machine import Machine
from matcher.passages import Span, struggles
from matcher.phrases import Phrases
from matcher.safety import KINDS

FILE = "alarm.npz"
LINES = DATA / "danger.jsonl"
# What the phrases count for beside the vectors; from 0.2 to 0.5 what is heard hardly changes.
SAID = 0.3
# A sentence of a quiet text is quiet as well, but counts less than the text.
PART = 0.5
# The share of ordinary quiet lines that may be taken for danger, among lines not fitted to. What
# clients write is longer than the lines and raises it more often.
FALSE_ALARMS = 0.005
FOLDS = 2  # each fitted to half of them, in a quarter of the time
# Lines in a row that are in the same fold: those that differ in little but what is meant.
TOGETHER = 12
# From here on a kind of danger is among those that help is offered for.
LIKELY = 0.3

Vectors = tuple[Floats, Floats]  # of a text and its struggles: (width,), (struggles, width)


@dataclass(frozen=True)
class Alarm:
    """Two that know danger; `least` is from where on it is heard, and `kinds` reads which."""

    machine: Machine
    phrases: Phrases
    least: float
    kinds: Reader
    source: str  # what it follows from

    def heard(
        self, text: str, spans: Sequence[Span], whole: Floats, parts: Floats
    ) -> tuple[str, ...]:
        """The kinds of danger that a text or one of its struggles speaks of, each by its vector and
        its phrases: float32 (width,), (spans, width).
        """
        scores = _scores(self.machine, self.phrases, text, spans, (whole, parts))
        loudest = int(scores.argmax())
        if scores[loudest] < self.least:
            return ()
        likely = self.kinds.likelihoods(np.vstack([whole, parts])[loudest : loudest + 1])[0]
        return tuple(KINDS[n] for n in np.flatnonzero(likely >= min(LIKELY, likely.max())))

    def save(self, folder: Path) -> None:
        """Write it, the same bytes for the same lines."""
        np.savez(
            folder / FILE,
            graph=np.frombuffer(self.machine.graph, dtype=np.uint8),
            hashes=self.phrases.hashes,
            numbers=self.phrases.numbers,
            offsets=np.array([self.phrases.offset, self.least]),
            kinds=self.kinds.weights,
            source=self.source,
        )

    @classmethod
    def load(cls, folder: Path) -> "Alarm":
        """Read what `save` wrote."""
        with np.load(folder / FILE) as read:
            by_phrase, least = read["offsets"].tolist()
            return cls(
                Machine(read["graph"].tobytes()),
                Phrases(read["hashes"], read["numbers"], by_phrase),
                least,
                Reader(read["kinds"]),
                str(read["source"]),
            )


def source(fingerprint: str) -> str:
    """What an alarm for the encoder of this fingerprint follows from, as a hash."""
    code = (__file__, machine.__file__, phrases.__file__)
    parts = (LINES.read_bytes(), *(Path(file).read_bytes() for file in code))
    learner = f"{fingerprint} scikit-learn {installed('scikit-learn')}".encode()
    return hashlib.sha256(
        b"".join(hashlib.sha256(part).digest() for part in (*parts, learner))
    ).hexdigest()


def read_lines(held: bool) -> list[dict[str, Any]]:
    """The lines that are learnt from, or those held back to measure by."""
    lines = [json.loads(line) for line in LINES.read_text("utf-8").splitlines()]
    return [line for line in lines if line["held"] == held]


def fit(encoder: Encoder) -> Alarm:
    """Learn from the lines. Raises Missing without the extra `build`."""
    lines = read_lines(held=False)
    texts = [line["text"] for line in lines]
    spans = [list(struggles(text)) for text in texts]
    vectors = encoder.encode_clients(texts, spans)
    danger = np.array([line["kind"] is not None for line in lines])
    folds = np.arange(len(lines)) // TOGETHER % FOLDS
    scores: list[float] = []
    for fold in range(FOLDS):
        learnt = _learn(texts, vectors, danger, folds != fold)
        for number in np.flatnonzero(folds == fold).tolist():
            if lines[number].get("near") is False:  # an ordinary one
                found = _scores(*learnt, texts[number], spans[number], vectors[number])
                scores.append(float(found.max()))
    spoken = [n for n, line in enumerate(lines) if line["kind"] is not None]
    kinds = np.array([KINDS.index(lines[n]["kind"]) for n in spoken])
    return Alarm(
        *_learn(texts, vectors, danger, folds >= 0),
        float(np.quantile(scores, 1 - FALSE_ALARMS)),
        Reader.fit(np.stack([vectors[n][0] for n in spoken]), kinds),
        source(encoder.fingerprint),
    )


def _scores(
    by_vector: Machine, by_phrase: Phrases, text: str, spans: Sequence[Span], vectors: Vectors
) -> npt.NDArray[np.float64]:
    """How much a text and each of its struggles speak of danger, float64 (1 + struggles,); a text
    of one struggle is read as a whole alone.
    """
    whole, parts = vectors
    if len(spans) < 2:
        parts, spans = parts[:0], ()
    said = [by_phrase.score(part) for part in (text, *(span.of(text) for span in spans))]
    return by_vector.scores(np.vstack([whole, parts])) + SAID * np.array(said)


def _learn(
    texts: Sequence[str],
    vectors: Sequence[Vectors],
    danger: npt.NDArray[np.bool_],
    used: npt.NDArray[np.bool_],
) -> tuple[Machine, Phrases]:
    """Both, fitted to the lines that are used, and one to the sentences of those that are quiet."""
    numbers = np.flatnonzero(used).tolist()
    whole = [vectors[number][0] for number in numbers]
    parts = [
        part
        for number in numbers
        if not danger[number] and len(vectors[number][1]) > 1
        for part in vectors[number][1]
    ]
    wanted = np.append(danger[numbers], np.zeros(len(parts), dtype=np.bool_))
    counts = np.append(np.ones(len(numbers)), np.full(len(parts), PART)).astype(np.float32)
    return (
        Machine.fit(np.array([*whole, *parts]), wanted, counts),
        Phrases.fit([texts[number] for number in numbers], danger[numbers]),
    )
