"""The alarm: hears danger in a text's vectors where no pattern over its words does.

A support vector machine with a Gaussian kernel, fitted at build to lines written for it
(`data/danger.jsonl`): what people in danger write, and what sounds like it and isn't. It knows the
lines by the vectors of the version's own encoder, so another encoder means another fit. No
diagnosis, no triage, no promise; `docs/safety.md` has its figures.
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

from index.errors import Missing
from index.vectors import Floats
from matcher.bridge import Reader
from matcher.encoder import Encoder
from matcher.files import DATA
from matcher.passages import struggles
from matcher.safety import KINDS

FILE = "alarm.npz"
LINES = DATA / "danger.jsonl"
# The kernel's width and what a line on the wrong side costs; between half and twice either, what is
# heard of the lines hardly changes.
GAMMA, COST = 2.0, 4.0
# A sentence of a quiet text is quiet as well, but counts less than the text.
PART = 0.5
# The share of ordinary quiet lines that may be taken for danger, among lines not fitted to.
FALSE_ALARMS = 0.01
FOLDS = 2  # each fitted to half of them, in a quarter of the time
# From here on a kind of danger is among those that help is offered for.
LIKELY = 0.3


@dataclass(frozen=True)
class Alarm:
    """Lines that were learnt from, float32 (lines, width), and how much each speaks for danger,
    float32 (lines,). `least` is from where on danger is heard; `kinds` reads which.
    """

    lines: Floats
    weights: Floats
    least: float
    kinds: Reader
    source: str  # what it follows from

    def heard(self, whole: Floats, parts: Floats) -> tuple[str, ...]:
        """The kinds of danger that a text speaks of, by its vector and those of its struggles:
        float32 (width,), (struggles, width).
        """
        vectors = np.vstack([whole, parts]) if len(parts) > 1 else whole[None, :]
        sums = np.exp(-2 * GAMMA * (1 - vectors @ self.lines.T)) @ self.weights
        loudest = int(sums.argmax())
        if sums[loudest] < self.least:
            return ()
        likely = self.kinds.likelihoods(vectors[loudest : loudest + 1])[0]
        return tuple(KINDS[n] for n in np.flatnonzero(likely >= min(LIKELY, likely.max())))

    def save(self, folder: Path) -> None:
        """Write it, the same bytes for the same lines."""
        np.savez(
            folder / FILE,
            lines=self.lines,
            weights=self.weights,
            least=self.least,
            kinds=self.kinds.weights,
            source=self.source,
        )

    @classmethod
    def load(cls, folder: Path) -> "Alarm":
        """Read what `save` wrote."""
        with np.load(folder / FILE) as read:
            kinds, least = Reader(read["kinds"]), float(read["least"])
            return cls(read["lines"], read["weights"], least, kinds, str(read["source"]))


def source(fingerprint: str) -> str:
    """What an alarm for the encoder of this fingerprint follows from, as a hash."""
    parts = (
        LINES.read_bytes(),
        Path(__file__).read_bytes(),
        f"{fingerprint} {_learner()}".encode(),
    )
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def read_lines(held: bool) -> list[dict[str, Any]]:
    """The lines that are learnt from, or those held back to measure by."""
    lines = [json.loads(line) for line in LINES.read_text("utf-8").splitlines()]
    return [line for line in lines if line["held"] == held]


def fit(encoder: Encoder) -> Alarm:
    """Learn from the lines. Raises Missing without the extra `build`."""
    lines = read_lines(held=False)
    texts = [line["text"] for line in lines]
    vectors = encoder.encode_clients(texts, [list(struggles(text)) for text in texts])
    danger = np.array([line["kind"] is not None for line in lines])
    folds = np.arange(len(lines)) % FOLDS  # lines of a kind stand together
    scores = [
        float(machine.decision_function(np.vstack(vectors[number])).max())
        for fold in range(FOLDS)
        for machine in [_machine(vectors, danger, folds != fold)]
        for number in np.flatnonzero(folds == fold).tolist()
        if lines[number].get("near") is False  # an ordinary one
    ]
    machine = _machine(vectors, danger, folds >= 0)
    spoken = [n for n, line in enumerate(lines) if line["kind"] is not None]
    kinds = np.array([KINDS.index(lines[n]["kind"]) for n in spoken])
    least = np.quantile(scores, 1 - FALSE_ALARMS) - machine.intercept_[0]
    return Alarm(
        machine.support_vectors_.astype(np.float32),
        machine.dual_coef_[0].astype(np.float32),
        float(least),
        Reader.fit(np.stack([vectors[n][0] for n in spoken]), kinds),
        source(encoder.fingerprint),
    )


def _machine(
    vectors: Sequence[tuple[Floats, Floats]],
    danger: npt.NDArray[np.bool_],
    used: npt.NDArray[np.bool_],
) -> Any:
    """Fitted to the lines that are used, and to the sentences of those that are quiet."""
    try:
        from sklearn.svm import SVC
    except ImportError:
        raise Missing("fitting the alarm needs the extra `build`: run `make install`") from None
    numbers = np.flatnonzero(used).tolist()
    whole = [vectors[number][0] for number in numbers]
    parts = [
        part
        for number in numbers
        if not danger[number] and len(vectors[number][1]) > 1
        for part in vectors[number][1]
    ]
    wanted = np.append(danger[numbers], np.zeros(len(parts), dtype=np.bool_))
    counts = np.append(np.ones(len(numbers)), np.full(len(parts), PART))
    return SVC(C=COST, gamma=GAMMA).fit(np.array([*whole, *parts]), wanted, sample_weight=counts)


def _learner() -> str:
    return f"scikit-learn {installed('scikit-learn')}"
