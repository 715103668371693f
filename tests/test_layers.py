"""Imports run one way: service -> matcher -> index."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {
    "index": {"index"},
    "matcher": {"matcher", "index"},
    "service": {"service", "matcher", "index"},
}
# What each layer may stand on; nothing else from outside, so that index/ stays free of text and
# matcher/ of HTTP.
FOREIGN = {
    "index": {"numpy", "faiss", "pyarrow", "pymilvus", "milvus_lite", "grpc"},
    "matcher": {
        "numpy", "pyarrow", "pydantic", "pydantic_core", "onnx", "onnxruntime", "tokenizers",
        "sentencex", "jsonschema",
        "torch", "sentence_transformers", "transformers", "huggingface_hub", "bs4", "zipcodes",
        "ir_measures", "bm25s", "scipy", "safetensors", "sklearn", "fasttext",
    },
}  # fmt: skip


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides which layer it is from"
            yield str(node.module).split(".")[0]


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_what_lies_below(layer: str) -> None:
    for path in (ROOT / layer).rglob("*.py"):
        against = set(imported(path)) & set(ALLOWED) - ALLOWED[layer]
        assert not against, f"{path.relative_to(ROOT)} imports {against}"


def test_onnx_runtime_is_loaded_where_its_reporting_is_turned_off_first() -> None:
    for path in (ROOT / "matcher").glob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        at_once = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {alias.name for node in at_once for alias in node.names}
        assert ("onnxruntime" in names) == (path.name == "runtime.py"), path.name


@pytest.mark.parametrize("layer", FOREIGN)
def test_a_layer_stands_on_its_own_libraries(layer: str) -> None:
    for path in (ROOT / layer).rglob("*.py"):
        foreign = set(imported(path)) - set(sys.stdlib_module_names) - set(ALLOWED)
        against = foreign - FOREIGN[layer]
        assert not against, f"{path.relative_to(ROOT)} imports {against}"


def test_serving_needs_nothing_that_only_a_build_needs(built: Path) -> None:
    code = (
        "import sys; from matcher import Matcher; import service.app; "
        f"Matcher.open({str(built)!r}).match('sleep', {{'near': {{'zip': '98101'}}}}); "
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    build_only = {"torch", "sentence_transformers", "transformers", "onnx", "zipcodes", "bs4"}
    assert not loaded & (build_only | {"ir_measures", "bm25s", "scipy", "safetensors"})


def test_data_holds_no_code() -> None:
    assert not list((ROOT / "data").rglob("*.py"))
