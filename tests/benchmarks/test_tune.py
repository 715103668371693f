"""Training itself takes minutes; here a step or two, on the model as published."""

import pytest

from benchmarks import tune
from benchmarks.data import DATA
from benchmarks.pairs import sources
from matcher.adapter import UP


def test_a_step_changes_the_layers_alike_for_the_same_seed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torch

    monkeypatch.setattr("benchmarks.pairs.BATCH", 4)
    known = sources(DATA / "none")
    first, again = (tune.train(known, 2) for _ in range(2))
    assert len(first) == 2 * 36
    layer = "encoder.layer.0.attention.self.query" + UP
    assert first[layer].abs().max() > 0
    assert torch.allclose(first[layer].float(), again[layer].float(), atol=1e-4)
