"""From floats to integers: what may be published, and what may not."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from index.errors import Damaged
from index.vectors import Floats, unit
from matcher import quantising
from matcher.encoder import GRAPH, Encoder
from matcher.export import export
from matcher.quantising import Fidelity, check, quantise
from matcher.weights import DEFAULT, find


@pytest.fixture(scope="module")
def floats(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("floats")
    export(find(DEFAULT), folder, quantising.FLOAT32)
    return folder


def test_the_weights_are_a_fraction_and_the_vectors_nearly_the_same(
    floats: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(floats, tmp_path / "integers"))
    quantise(folder / GRAPH)
    assert (folder / GRAPH).stat().st_size < 0.3 * (floats / GRAPH).stat().st_size
    texts = ["sleep", "My mother died and I can't stop working.", "I wash my hands all day."]
    there, here = (Encoder(place).encode_all(texts) for place in (floats, folder))
    assert np.einsum("td,td->t", there, here).min() > 0.99
    again = Path(shutil.copytree(floats, tmp_path / "again"))
    quantise(again / GRAPH)
    assert (again / GRAPH).read_bytes() == (folder / GRAPH).read_bytes()


class Made(Encoder):
    """An encoder whose vectors are made of numbers."""

    def __init__(self, noise: float) -> None:
        self.noise = noise

    def encode_all(self, texts: object, progress: object = None) -> Floats:
        count = len(list(texts))  # type: ignore[call-overload]
        random = np.random.default_rng(count)
        vectors = random.standard_normal((count, 32))
        vectors += self.noise * random.standard_normal((count, 32))
        return unit(vectors.astype(np.float32), 32)


def test_an_encoder_that_lost_too_much_is_refused() -> None:
    same = check(Made(0), Made(0))
    assert (round(same.mean, 5), round(same.least, 5), same.overlap) == (1, 1, 1)
    with pytest.raises(Damaged, match=r"too far from the float model .*--precision float32"):
        check(Made(0), Made(0.3))


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        (Fidelity(0.995, 0.98, 0.91), True),
        (Fidelity(0.989, 0.98, 0.91), False),
        (Fidelity(0.995, 0.96, 0.91), False),
        (Fidelity(0.995, 0.98, 0.89), False),
    ],
)
def test_each_of_the_three_limits_counts(found: Fidelity, holds: bool) -> None:
    assert found.holds() is holds
