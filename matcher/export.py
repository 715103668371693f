"""Exports a sentence-transformers model to the graph a version carries, and checks it.

The only module that needs torch; it imports it when it is called.
"""

import json
import logging
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import BadInput, Damaged, Missing
from matcher.encoder import FACTS, GRAPH, TOKENIZER, Encoder
from matcher.weights import Weights

LEAST_COSINE = 0.9999  # a float graph does the same sums; what remains is rounding
CHECKS = [
    "sleep",
    "I keep saying yes to my mother and then hate myself.",
    "We fight about the dishes, but it was never about the dishes, and the kids hear it all.",
    "My practice is for people whose worry has outgrown them. " * 4,
    "¿Atiende en español? Je ne dors plus — 夜も眠れない.",
]


def export(weights: Weights, folder: Path) -> None:
    """Write the encoder's files into the folder.

    Raises Missing without the extra `build`, BadInput for a model of another make, Damaged where
    the exported graph does not do what the model does.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError:
        raise Missing("building needs the extra `build`: run `make install`") from None
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(weights.source, device="cpu")
    except Exception as error:  # a folder of something else fails in as many ways as there are
        raise BadInput(
            f"{weights.source} is no sentence-transformers model ({type(error).__name__}: {error})"
        ) from None
    pooling = _pooling(model)
    _write_graph(model, pooling, folder / GRAPH)
    _write_tokenizer(model, folder / TOKENIZER)
    facts = {
        "name": weights.name,
        "width": model.get_embedding_dimension(),
        "max_tokens": model.max_seq_length,
        "pooling": pooling,
        "weights": weights.sha256,
    }
    (folder / FACTS).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", "utf-8")
    _check(model, Encoder(folder))


def _pooling(model: Any) -> str:
    parts = [type(part).__name__ for part in model]
    mode = model[1].pooling_mode if len(parts) > 1 and parts[1] == "Pooling" else None
    if (
        parts[0] != "Transformer"
        or mode not in ("mean", "cls")
        or parts[2:]
        not in (
            [],
            ["Normalize"],
        )
    ):
        raise BadInput(
            f"this model is made of {', '.join(parts)}; only Transformer, Pooling (mean or cls) "
            "and Normalize can be exported"
        )
    return str(mode)


def _write_graph(model: Any, pooling: str, path: Path) -> None:
    import torch

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model[0].auto_model.eval()

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            tokens = self.inner(input_ids=input_ids, attention_mask=attention_mask)[0]
            if pooling == "cls":
                return tokens[:, 0]
            mask = attention_mask.unsqueeze(-1).to(tokens.dtype)
            return (tokens * mask).sum(1) / mask.sum(1)

    ids = torch.arange(1, 10).unsqueeze(0)
    axes = {name: {0: "texts", 1: "tokens"} for name in ("input_ids", "attention_mask")}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        # The older exporter: its graph holds no paths of this machine, so that the same model
        # gives the same bytes everywhere, and it needs no further package.
        torch.onnx.export(
            Graph(),
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=list(axes),
            output_names=["vector"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )


def _write_tokenizer(model: Any, path: Path) -> None:
    tokenizer = model.tokenizer.backend_tokenizer
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(path))


def _check(model: Any, encoder: Encoder) -> None:
    reference = model.encode(CHECKS, batch_size=1, normalize_embeddings=True)
    cosines = np.einsum("td,td->t", reference, encoder.encode_all(CHECKS))
    if cosines.min() < LEAST_COSINE:
        raise Damaged(
            f"the exported graph differs from the model (least cosine {cosines.min():.5f}): "
            "nothing was built"
        )
