from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher import adapter, weights
from matcher.adapter import merge


def test_the_product_of_the_two_matrices_is_added_to_the_layer(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file
    from sentence_transformers import SentenceTransformer

    model: Any = SentenceTransformer(
        weights.find(weights.DEFAULT, tuned=False).source, device="cpu"
    )
    layer = "encoder.layer.0.attention.self.query"
    before = model[0].auto_model.get_submodule(layer).weight.detach().clone()
    down, up = torch.zeros(2, 384), torch.zeros(384, 2)
    down[0, 5], up[7, 0] = 2.0, 0.5
    path = tmp_path / "adapter.safetensors"
    save_file({f"{layer}.down": down.half(), f"{layer}.up": up.half()}, path)
    merge(model, path)
    change = (model[0].auto_model.get_submodule(layer).weight - before).detach().numpy()
    assert np.argwhere(change).tolist() == [[7, 5]]
    assert change[7, 5] == pytest.approx(1.0)


def test_the_file_is_small_and_part_of_what_an_encoder_is_known_by() -> None:
    assert adapter.PATH.stat().st_size < 5_000_000
    tuned, plain = weights.find(weights.DEFAULT), weights.find(weights.DEFAULT, tuned=False)
    assert tuned.adapter == adapter.PATH
    assert plain.adapter is None
    assert tuned.sha256 != plain.sha256


def test_another_model_takes_no_adapter() -> None:
    folder = weights.find(weights.DEFAULT, tuned=False).source
    assert weights.find(folder).adapter is None
