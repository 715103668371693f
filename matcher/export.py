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
from matcher.adapter import merge
from matcher.encoder import FACTS, GRAPH, TOKENIZER, WORDS, Encoder
from matcher.quantising import INT8, check, quantise
from matcher.weights import Weights

LEAST_COSINE = 0.9999  # a float graph does the same sums; what remains is rounding
CHECKS = [
    "sleep",
    "I keep saying yes to my mother and then hate myself.",
    "We fight about the dishes, but it was never about the dishes, and the kids hear it all.",
    "My practice is for people whose worry has outgrown them. " * 4,
    "¿Atiende en español? Je ne dors plus — 夜も眠れない.",
]


def export(weights: Weights, folder: Path, precision: str = INT8) -> None:
    """Write the encoder's files into the folder, in 8-bit integers or in 32-bit floats.

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
        model = SentenceTransformer(
            # Attention written out, which the older exporter turns into fewer and plainer steps.
            weights.source,
            device="cpu",
            model_kwargs={"attn_implementation": "eager"},
        )
    except Exception as error:  # a folder of something else fails in as many ways as there are
        raise BadInput(
            f"{weights.source} is no sentence-transformers model ({type(error).__name__}: {error})"
        ) from None
    if weights.adapter:
        merge(model, weights.adapter)
    facts = {
        "name": weights.name,
        "width": model.get_embedding_dimension(),
        "max_tokens": model.max_seq_length,
        "pooling": _pooling(model),
        "precision": precision,
        "weights": weights.sha256,
    }
    _write_graph(model, folder / GRAPH)
    _write_words(model, folder / WORDS)
    _write_tokenizer(model, folder / TOKENIZER)
    (folder / FACTS).write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", "utf-8")
    floats = Encoder(folder)
    _check(model, floats)
    if precision == INT8:
        quantise(folder / GRAPH)
        check(floats, Encoder(folder))


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


def _write_graph(model: Any, path: Path) -> None:
    """The graph from words to a vector a token: both float32 (1, tokens, width).

    It takes no attention mask: a text is never padded, since nothing runs beside it.
    """
    import torch

    class Graph(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model[0].auto_model.eval()

        def forward(self, words: Any) -> Any:
            return self.inner(inputs_embeds=words)[0]

    words = torch.zeros(1, 9, model[0].auto_model.get_input_embeddings().weight.shape[1])
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        # The older exporter: its graph holds no paths of this machine, so that the same model
        # gives the same bytes everywhere, and it needs no further package.
        torch.onnx.export(
            Graph(),
            (words,),
            str(path),
            input_names=["words"],
            output_names=["tokens"],
            dynamic_axes={"words": {0: "texts", 1: "tokens"}},
            opset_version=17,
            dynamo=False,
        )


def _write_words(model: Any, path: Path) -> None:
    """The vector of each token on its own, in half precision, which the check below allows for."""
    weight = model[0].auto_model.get_input_embeddings().weight
    np.save(path, weight.detach().numpy().astype(np.float16))


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
