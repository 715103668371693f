"""Tunes the encoder to this field: writes data/adapter.safetensors.

    python -m benchmarks.tune [--steps 200]

The encoder learns that a client's text and a therapist's statement about the same belong together
(contrastive pairs, low-rank changes to every linear layer). Five to ten minutes on two cores; the
same seed gives nearly the same file (floats add up in the order in which threads come by).
`benchmarks.pairs` has what it learns from, `data/adapter.md` is the model card.
"""

import json
import math
import os
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from benchmarks.pairs import TURNS, Source, batch, sources
from matcher import weights
from matcher.adapter import DOWN, PATH, UP

RANK = 16
LONGEST = 96  # tokens of a text that are learnt from
SHARPNESS = 20.0  # what cosines are multiplied by before the softmax
RATE, WARM = 3e-4, 0.05  # the highest learning rate, and the share of the steps it rises over
# How much it costs when texts of a batch move with regard to each other: the encoder is to keep
# what it knows beside this field.
KEEP = 100.0
SEED = 0


@click.command()
@click.option("--steps", default=200, show_default=True, type=click.IntRange(1))
@click.option("--out", default=PATH, show_default="data/adapter.safetensors", type=Path)
def main(steps: int, out: Path) -> None:
    """Train and write the adapter."""
    from safetensors.torch import save_file

    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    save_file(train(sources(), steps), out)


def train(known: dict[str, Source], steps: int) -> dict[str, Any]:
    """Train for so many steps; the tensors that `matcher.adapter.merge` takes, float16."""
    import torch
    from sentence_transformers import SentenceTransformer
    from torch.nn import functional

    torch.manual_seed(SEED)
    chance = random.Random(SEED)  # noqa: S311 - what to learn next is no secret
    model: Any = SentenceTransformer(
        weights.find(weights.DEFAULT, tuned=False).source,
        device="cpu",
        model_kwargs={"attn_implementation": "eager"},
    ).eval()  # without dropout: there is little to learn from, and much to keep
    layers = _adapted(model)
    parameters = [p for layer in layers.values() for p in (layer.down, layer.up)]
    optimiser = torch.optim.AdamW(parameters, lr=RATE, weight_decay=0.01)
    turns = [name for name in TURNS if name in known]
    losses: list[tuple[str, float]] = []

    def encoded(texts: Sequence[str]) -> Any:
        tokens = model.tokenizer(
            list(texts), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            output = model[0].auto_model(**tokens)[0]
        mask = tokens["attention_mask"][..., None]
        return functional.normalize((output.float() * mask).sum(1) / mask.sum(1), dim=1)

    for step in range(steps):
        done = step / steps
        for group in optimiser.param_groups:
            group["lr"] = RATE * min(1.0, done / WARM + 0.02) * (1 - done)
        name = turns[step % len(turns)]
        issues, clients, statements = batch(name, known[name], chance)
        asked, said = encoded(clients), encoded(statements)
        nearness = SHARPNESS * asked @ said.T
        if known[name].apart:
            same = torch.tensor([[a == b for b in issues] for a in issues])
            own = torch.eye(len(issues), dtype=torch.bool)
            nearness = nearness.masked_fill(same & ~own, -1e4)
        right = torch.arange(len(issues))
        loss = functional.cross_entropy(nearness, right) / 2
        loss = loss + functional.cross_entropy(nearness.T, right) / 2
        with torch.no_grad():
            _switch(layers, on=False)
            before = torch.cat([encoded(clients), encoded(statements)])
            _switch(layers, on=True)
        now = torch.cat([asked, said])
        moved = ((now @ now.T - before @ before.T) ** 2).mean()
        optimiser.zero_grad()
        total: Any = loss + KEEP * moved
        total.backward()
        optimiser.step()
        losses.append((name, loss.item()))
        if (step + 1) % 25 == 0:
            _tell(step + 1, losses[-50:])
    tensors = {}
    for name, layer in layers.items():
        tensors[name + DOWN] = layer.down.detach().half().contiguous()
        tensors[name + UP] = layer.up.detach().half().contiguous()
    return tensors


def _tell(step: int, losses: Sequence[tuple[str, float]]) -> None:
    told = {name: [v for n, v in losses if n == name] for name, _ in losses}
    means = {name: round(sum(v) / len(v), 3) for name, v in sorted(told.items())}
    click.echo(f"step {step}: {json.dumps(means)}")


def _switch(layers: dict[str, Any], on: bool) -> None:
    for layer in layers.values():
        layer.on = on


def _adapted(model: Any) -> dict[str, Any]:
    """Freeze the model and put an adapter around each linear layer of its encoder, by name."""
    import torch
    from torch.nn import functional

    class Adapted(torch.nn.Module):
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self.inner, self.on = inner, True
            inputs, outputs = inner.in_features, inner.out_features
            self.down = torch.nn.Parameter(torch.randn(RANK, inputs) / math.sqrt(inputs))
            self.up = torch.nn.Parameter(torch.zeros(outputs, RANK))

        def forward(self, x: Any) -> Any:
            weight = self.inner.weight + self.up @ self.down if self.on else self.inner.weight
            return functional.linear(x, weight, self.inner.bias)

    transformer = model[0].auto_model
    for parameter in transformer.parameters():
        parameter.requires_grad_(False)
    linear = [
        name
        for name, module in transformer.named_modules()
        if isinstance(module, torch.nn.Linear) and name.startswith("encoder.")
    ]
    found = {}
    for name in linear:
        parent, _, own = name.rpartition(".")
        found[name] = Adapted(transformer.get_submodule(name))
        setattr(transformer.get_submodule(parent), own, found[name])
    return found


if __name__ == "__main__":
    main()
