"""The sentence model with a low-rank adapter, in PyTorch: the adapter learns, everything else stays as published.

Texts stand one after another without padding; only attention sees them side by side. The large products are in bfloat16.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from nlu.encoding.adapter import DOWN, UP

LAYERS, HEADS, SIZE, EPSILON = 6, 12, 384, 1e-12
CHANGED = (
    *("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"),
    *("intermediate.dense", "output.dense"),
)
RANK, SCALE, DROPPED = 8, 2.0, 0.1  # of the adapter; share of its hidden numbers that is left out of each step
LONGEST = 64  # word pieces of a text


class Network(nn.Module):  # type: ignore[misc]  # PyTorch is in none of the project's environments
    """The model of a folder; `nothing` is the likeness that a claim must exceed, which is learned too."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._weights: dict[str, Tensor] = load_file(folder / "model.safetensors")
        self._short = {name: each.bfloat16() for name, each in self._weights.items() if name.startswith("encoder.")}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        self.down, self.up = nn.ParameterDict(), nn.ParameterDict()
        for name in (f"encoder.layer.{layer}.{part}" for layer in range(LAYERS) for part in CHANGED):
            outputs, inputs = self._weights[f"{name}.weight"].shape
            self.down[_key(name)] = nn.Parameter(torch.randn(RANK, inputs) / math.sqrt(inputs))
            self.up[_key(name)] = nn.Parameter(torch.zeros(outputs, RANK))
        self.nothing = nn.Parameter(torch.tensor(0.55))
        self._plain = False

    def forward(self, texts: Sequence[str]) -> Tensor:
        """Return the unit vectors of texts, shape (texts, 384)."""
        ids = [self._tokenizer.encode(text).ids for text in texts]
        lengths = torch.tensor([len(each) for each in ids])
        places = torch.cat([torch.arange(len(each)) for each in ids])
        rows = torch.repeat_interleave(torch.arange(len(ids)), lengths)
        hidden = self._embedded(torch.tensor([piece for each in ids for piece in each]), places)
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden, rows, places)
        mean = torch.zeros(len(ids), SIZE).index_add(0, rows, hidden) / lengths[:, None]
        return F.normalize(mean, dim=-1)

    def published(self, texts: Sequence[str]) -> Tensor:
        """Return the vectors that texts have without the adapter."""
        self._plain = True
        try:
            with torch.no_grad():
                return self(texts)
        finally:
            self._plain = False

    def adapter(self) -> dict[str, Tensor]:
        """Return the adapter as it is stored, in float16."""
        stored = {}
        for key in self.down:
            name = key.replace("|", ".")
            stored[name + DOWN] = self.down[key].detach().half().contiguous()
            stored[name + UP] = (SCALE * self.up[key].detach()).half().contiguous()
        return stored

    def _embedded(self, pieces: Tensor, places: Tensor) -> Tensor:
        words, positions, segments = (
            self._weights[f"embeddings.{table}_embeddings.weight"] for table in ("word", "position", "token_type")
        )
        return self._normalised(words[pieces] + positions[places] + segments[0], "embeddings")

    def _layer(self, layer: str, hidden: Tensor, rows: Tensor, places: Tensor) -> Tensor:
        texts, longest = int(rows[-1]) + 1, int(places.max()) + 1
        at = rows * longest + places
        present = torch.zeros(texts * longest, dtype=torch.bool)
        present[at] = True

        def padded(part: str) -> Tensor:
            found = self._product(hidden, f"{layer}.attention.self.{part}").float()
            spread = torch.zeros(texts * longest, SIZE).index_copy(0, at, found)
            return spread.view(texts, longest, HEADS, SIZE // HEADS).transpose(1, 2)

        mask = present.view(texts, 1, 1, longest)
        attended = F.scaled_dot_product_attention(padded("query"), padded("key"), padded("value"), attn_mask=mask)
        joined = attended.transpose(1, 2).reshape(texts * longest, SIZE)[at]
        out = f"{layer}.attention.output"
        hidden = self._normalised(self._product(joined, f"{out}.dense").float() + hidden, out)
        wide = F.gelu(self._product(hidden, f"{layer}.intermediate.dense"))
        return self._normalised(self._product(wide, f"{layer}.output.dense").float() + hidden, f"{layer}.output")

    def _product(self, hidden: Tensor, name: str) -> Tensor:
        short = hidden.bfloat16()
        product = F.linear(short, self._short[f"{name}.weight"], self._short[f"{name}.bias"])
        if self._plain:
            return product
        narrow = F.linear(short, self.down[_key(name)].bfloat16())
        return product + SCALE * F.linear(F.dropout(narrow, DROPPED, self.training), self.up[_key(name)].bfloat16())

    def _normalised(self, hidden: Tensor, name: str) -> Tensor:
        weight, bias = (self._weights[f"{name}.LayerNorm.{part}"] for part in ("weight", "bias"))
        return F.layer_norm(hidden, (SIZE,), weight, bias, EPSILON)


def _key(name: str) -> str:
    """Return a weight's name as PyTorch takes it for one of a model's own: without dots."""
    return name.replace(".", "|")
