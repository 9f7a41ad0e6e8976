"""Merges a low-rank adapter into the sentence model's weights: what it learned from the project's labelled questions.

The adapter (LoRA) is two thin matrices for each weight that it changes. Their product is added to the weight once, when the
graph is built, so that a message costs the same as without it. training/encoder/ makes the file; its metadata names the
published weights that it was made for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

ADAPTER = Path(__file__).with_name("adapter.safetensors")
# In the metadata: the SHA-256 of the weights that it was made for; the vector of PROBE with it, as JSON.
BASE, PROBED = "base", "probed"
PROBE = "Will an employer accept a short course instead of a degree?"
DOWN, UP = ".down", ".up"  # the matrices of a weight: shape (rank, inputs) and (outputs, rank)
Weights = dict[str, NDArray[Any]]


class AdapterError(Exception):
    """The adapter does not fit the weights; the message says in what."""


def made_for(adapter: Path) -> str:
    """Return the SHA-256 of the weights that an adapter was made for; "" if it does not say."""
    from safetensors import safe_open

    with safe_open(adapter, "np") as file:
        return str((file.metadata() or {}).get(BASE, ""))


def adapted(weights: Weights, adapter: Path) -> Weights:
    """Return the weights with the adapter's merged in; raises AdapterError if it is of another model."""
    from safetensors.numpy import load_file

    parts = load_file(adapter)
    merged = dict(weights)
    for name in sorted(each.removesuffix(DOWN) for each in parts if each.endswith(DOWN)):
        up, down = (parts[name + end].astype(np.float32) for end in (UP, DOWN))
        weight = weights.get(f"{name}.weight")
        if weight is None or weight.shape != (len(up), down.shape[1]) or up.shape[1] != len(down):
            raise AdapterError(f"{adapter.name} does not fit the sentence model's weight {name}")
        merged[f"{name}.weight"] = weight + up @ down
    return merged
