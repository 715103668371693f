"""The adapter: what the encoder learnt about this field, as small changes to its weights.

`benchmarks.tune` makes the file, `data/adapter.md` is its model card. A matrix of the model gets
the product of two narrow ones added (LoRA: Hu and others, 2021) before it is exported.
"""

from pathlib import Path
from typing import Any

from matcher.files import DATA

PATH = DATA / "adapter.safetensors"
DOWN, UP = ".down", ".up"


def merge(model: Any, path: Path) -> None:
    """Add an adapter's changes to a sentence-transformers model, in place.

    The file has, for each linear layer it changes, `<layer>.down` (rank, inputs) and `<layer>.up`
    (outputs, rank). Raises KeyError or AttributeError where it was made for another model.
    """
    import torch
    from safetensors.torch import load_file

    tensors = load_file(path)
    transformer = model[0].auto_model
    with torch.no_grad():
        for name in sorted(name.removesuffix(UP) for name in tensors if name.endswith(UP)):
            change = tensors[name + UP].float() @ tensors[name + DOWN].float()
            transformer.get_submodule(name).weight += change
