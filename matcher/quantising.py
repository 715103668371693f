"""Turns an encoder's graph from 32-bit floats to 8-bit integers, and checks what that costs.

ONNX Runtime's dynamic quantisation takes one scale for all the inputs of a matrix product, so
that a single large input makes all others coarse. Smoothing (Xiao and others, 2023) first divides
each input by a scale of its own and multiplies the weights by it, which changes no product; and
where a wide layer is narrowed, each token's inputs are divided by the largest of them, and its
products multiplied by that (Yao and others, 2022). Then the weights are rounded.
"""

import json
import logging
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.errors import Damaged, Missing
from index.vectors import Floats
from matcher.encoder import TOKENIZER, WORDS, Encoder
from matcher.rounding import rounded

INT8, FLOAT32 = PRECISIONS = "int8", "float32"
DATA = Path(__file__).resolve().parent.parent / "data"
# How much of the spread of the inputs goes over to the weights. Measured on the sample with 0.7 to
# 0.85: at 0.7 the cosines to the float model are highest, and most of the first ten are kept.
SMOOTHING = 0.7
SCANNED = 6  # one text in so many tells what the inputs are
TINY = np.float32(1e-5)

# What has to hold before an encoder in integers may make a version.
MEAN_COSINE, LEAST_COSINE, OVERLAP = 0.99, 0.97, 0.9
FIRST = 10


@dataclass(frozen=True)
class Fidelity:
    """How near an encoder comes to the float one: cosines, and the share of the first ten kept."""

    mean: float
    least: float
    overlap: float

    def holds(self) -> bool:
        """Whether it is near enough to be served."""
        return self.mean >= MEAN_COSINE and self.least >= LEAST_COSINE and self.overlap >= OVERLAP


def check(floats: Encoder, integers: Encoder) -> Fidelity:
    """Compare two encoders on the sample's statements and client texts.

    Raises Damaged where the one in integers is too far from the other.
    """
    statements, queries = _statements(), _queries()
    there = [encoder.encode_all(statements) for encoder in (floats, integers)]
    asked = [encoder.encode_all(queries) for encoder in (floats, integers)]
    cosines = np.concatenate([np.einsum("td,td->t", *pair) for pair in (there, asked)])
    before, after = (np.argsort(-(q @ s.T))[:, :FIRST] for q, s in zip(asked, there, strict=True))
    kept = [len(np.intersect1d(b, a)) / FIRST for b, a in zip(before, after, strict=True)]
    found = Fidelity(float(cosines.mean()), float(cosines.min()), float(np.mean(kept)))
    if not found.holds():
        raise Damaged(
            "in 8-bit integers this encoder is too far from the float model (cosine "
            f"{found.mean:.3f} on average, {found.least:.3f} at least, {found.overlap:.0%} of the "
            "first ten kept): nothing was built; --precision float32 keeps the floats"
        )
    return found


def quantise(path: Path) -> None:
    """Replace a float graph by one whose weights and products are integers.

    Weights get 7 of the 8 bits: a CPU without VNNI adds two products into 16 bits and cuts what
    overflows, which none of theirs does. So every CPU computes the same sums.
    """
    try:
        import onnx
        from onnxruntime.quantization import QuantType, quantize_dynamic
    except ImportError:
        raise Missing("building needs the extra `build`: run `make install`") from None
    graph = onnx.load(path)
    _smooth(graph, *_inputs(graph, path.parent))
    quiet = logging.getLogger()
    level = quiet.level
    with tempfile.TemporaryDirectory() as folder:
        smoothed = Path(folder) / path.name
        onnx.save(graph, smoothed)
        quiet.setLevel(logging.ERROR)  # it advises a preparation that brings nothing here
        try:
            quantize_dynamic(
                smoothed,
                path,
                op_types_to_quantize=["MatMul"],
                per_channel=True,
                reduce_range=True,
                weight_type=QuantType.QInt8,
            )
        finally:
            quiet.setLevel(level)


def _products(graph: Any) -> dict[str, list[Any]]:
    """The matrix products with weights, by the name of their input."""
    weights = {tensor.name for tensor in graph.graph.initializer}
    found: dict[str, list[Any]] = {}
    for node in graph.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            found.setdefault(node.input[0], []).append(node)
    return found


def _inputs(graph: Any, folder: Path) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """What the inputs of each product are on some of the sample's texts.

    The largest size of each, and the sum over all tokens of each times each.
    """
    import onnx
    import onnxruntime
    from tokenizers import Tokenizer

    names = sorted(_products(graph))
    shown = onnx.ModelProto()
    shown.CopyFrom(graph)
    shown.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names
    )
    session = onnxruntime.InferenceSession(shown.SerializeToString())
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    words = np.load(folder / WORDS, mmap_mode="r")
    seen: dict[str, list[Floats]] = {name: [] for name in names}
    for text in [*_statements(), *_queries()][::SCANNED]:
        inputs = words[tokenizer.encode(text).ids[:128]].astype(np.float32)
        for name, (values,) in zip(names, session.run(names, {"words": inputs[None]}), strict=True):
            seen[name].append(values)
    largest, together = dict[str, Floats](), dict[str, Floats]()
    for name in names:
        values = np.concatenate(seen.pop(name))
        largest[name] = np.maximum(np.abs(values).max(axis=0), TINY)
        together[name] = values.T @ values
    return largest, together


def _smooth(graph: Any, largest: Mapping[str, Floats], together: Mapping[str, Floats]) -> None:
    """Move the spread of each product's inputs into its weights, and round those."""
    from onnx import numpy_helper

    tensors = {tensor.name: tensor for tensor in graph.graph.initializer}
    for name, nodes in _products(graph).items():
        weights = [numpy_helper.to_array(tensors[node.input[1]]) for node in nodes]
        heaviest = np.max([np.abs(weight).max(axis=1) for weight in weights], axis=0)
        scale = largest[name] ** SMOOTHING / np.maximum(heaviest, TINY) ** (1 - SMOOTHING)
        for node, weight in zip(nodes, weights, strict=True):
            scaled = (weight * scale[:, None]).astype(np.float32)
            met = (together[name] / np.outer(scale, scale)).astype(np.float32)
            tensor = numpy_helper.from_array(rounded(scaled, met), node.input[1])
            tensors[node.input[1]].CopyFrom(tensor)
        smooth = _insert(graph, nodes[0], "Mul", name, (1 / scale).astype(np.float32))
        if len(weights[0]) > weights[0].shape[1]:
            smooth = _even(graph, smooth, nodes)
        for node in nodes:
            node.input[0] = smooth


def _even(graph: Any, name: str, nodes: Sequence[Any]) -> str:
    """Divide each token's inputs by their largest, and multiply its products by it again."""
    size = _insert(graph, nodes[0], "Abs", name)
    size = _insert(graph, nodes[0], "ReduceMax", size, axes=[-1])
    size = _insert(graph, nodes[0], "Max", size, TINY)
    for node in nodes:
        (made,) = node.output
        node.output[0] = f"{made}_even"
        following = graph.graph.node[list(graph.graph.node).index(node) + 1]
        _insert(graph, following, "Mul", node.output[0], size, made=made)
    return _insert(graph, nodes[0], "Div", name, size)


def _insert(
    graph: Any, before: Any, kind: str, name: str, by: Any = None, made: str = "", **how: Any
) -> str:
    """Add a step before another, by a number or by what a step gave; the name of what it gives."""
    from onnx import helper, numpy_helper

    made = made or f"{name}_{kind.lower()}"
    inputs = [name]
    if isinstance(by, str):
        inputs.append(by)
    elif by is not None:
        inputs.append(f"{made}_by")
        graph.graph.initializer.append(numpy_helper.from_array(np.asarray(by), inputs[1]))
    step = helper.make_node(kind, inputs, [made], **how)
    graph.graph.node.insert(list(graph.graph.node).index(before), step)
    return made


def _statements() -> list[str]:
    return [s["text"] for record in _read("directory.jsonl") for s in record["statements"]]


def _queries() -> list[str]:
    return [record["text"] for record in _read("queries.jsonl")]


def _read(name: str) -> Iterable[dict[str, Any]]:
    return map(json.loads, (DATA / name).read_text("utf-8").splitlines())
