"""Tunes the sentence model on the project's examples and writes the adapter; run by hand, with PyTorch (docs/encoder.md).

    python -m training.encoder.tuning EXAMPLES MODEL_FOLDER ADAPTER [--fold 0 --folds 3]

A question is drawn to the claims that answer it and away from others, phrasings of an intent or topic towards each other, and
every vector back to where it was, so that texts of another guide keep theirs. With --fold, the questions of that fold are left
out: `advisor bench claims` measures on them, and fits the ranker on vectors that have not seen their question.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import Tensor

from nlu.encoding.adapter import BASE, PROBE, PROBED
from nlu.encoding.model_files import digest
from training.encoder.batches import QUESTIONS, Batch, Batches
from training.encoder.network import Network

SEED, EPOCHS = 0, 2
RATE, NOTHING_RATE, DECAY, STEEPEST = 5e-4, 1e-2, 0.01, 1.0  # of the steps; the longest gradient
SHARP, SHARP_LABELS = 0.05, 0.1  # temperatures
NOTHING, LABELS, STAY = 0.3, 0.5, 3.0  # weights of the losses beside that of the right claim
ANCHORED = 3  # every so-manyth text is held near its old vector
AWAY = -1e4  # a score that no claim gets


def tune(network: Network, batches: Batches, steps: int) -> None:
    """Take the steps of the fit, on one thread, always from the same start."""
    network.train()
    learning = [each for name, each in network.named_parameters() if name != "nothing"]
    groups = [{"params": learning, "lr": RATE}, {"params": [network.nothing], "lr": NOTHING_RATE}]
    optimiser = torch.optim.AdamW(groups, weight_decay=DECAY)
    warming = max(1, steps // 10)
    for step, batch in enumerate(islice(batches, steps)):
        optimiser.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / warming) * (1 - step / steps)
        losses = _losses(network, batch, step)
        optimiser.zero_grad()
        torch.stack(losses).sum().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), STEEPEST)
        optimiser.step()
        if step % 10 == 9:
            print(step + 1, steps, [round(each.item(), 3) for each in losses], flush=True)


def _losses(network: Network, batch: Batch, step: int) -> list[Tensor]:
    """Return the losses of the right claims, of questions without an answer, of labels, and of vectors that moved."""
    texts = [*batch.questions, *batch.texts, *batch.phrasings]
    vectors = network(texts)
    asked, shown, phrased = vectors.split([len(batch.questions), len(batch.texts), len(batch.phrasings)])
    some = list(range(step % ANCHORED, len(texts), ANCHORED))
    moved = (1 - (vectors[some] * network.published([texts[at] for at in some])).sum(dim=1)).mean()
    right, nothing = _claim_losses(asked @ shown.T / SHARP, network.nothing / SHARP, batch)
    return [right, NOTHING * nothing, LABELS * _label_loss(phrased, batch.labels), STAY * moved]


def _claim_losses(scores: Tensor, nothing: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return how little the right claims stand out among all shown, and how wrongly `nothing` is above or below them."""
    right = torch.tensor([[owner in claims for owner in batch.owners] for claims in batch.right])
    may_be = torch.tensor([[owner in claims for owner in batch.owners] for claims in batch.open])
    scores = scores.masked_fill(may_be & ~right, AWAY)
    answered = right.any(dim=1)
    mean = (scores * right).sum(dim=1) / right.sum(dim=1).clamp(min=1)
    contrast = (scores.logsumexp(dim=1) - mean)[answered].mean()
    labelled = torch.arange(len(scores)) < QUESTIONS
    best = scores.masked_fill(~right, AWAY).logsumexp(dim=1)
    none_above = torch.logaddexp(scores.logsumexp(dim=1), nothing) - nothing
    below = F.softplus((nothing - best) / 2)
    return contrast, torch.cat([none_above[labelled & ~answered], below[labelled & answered]]).mean()


def _label_loss(vectors: Tensor, labels: Sequence[str]) -> Tensor:
    """Return how little the phrasings of a label are nearer to each other than to the rest."""
    itself = torch.eye(len(labels), dtype=torch.bool)
    scores = (vectors @ vectors.T / SHARP_LABELS).masked_fill(itself, AWAY)
    same = torch.tensor([[one == other for other in labels] for one in labels]) & ~itself
    loss = scores.logsumexp(dim=1) - (scores * same).sum(dim=1) / same.sum(dim=1).clamp(min=1)
    return loss[same.any(dim=1)].mean()


def main() -> None:
    """Tune as the command says."""
    parser = argparse.ArgumentParser()
    for name in ("examples", "model", "adapter"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--folds", type=int, default=3)
    asked = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    batches = Batches(json.loads(asked.examples.read_text(encoding="utf-8")), SEED, asked.fold, asked.folds)
    network = Network(asked.model)
    tune(network, batches, EPOCHS * len(batches.questions) // QUESTIONS)
    save_file(network.adapter(), asked.adapter, _metadata(network, asked.model, asked.fold, asked.folds))


def _metadata(network: Network, model: Path, fold: int | None, folds: int) -> dict[str, str]:
    """Return what is told of an adapter: what it was made for and with, and a vector by which its merging is tested."""
    network.eval()
    with torch.no_grad():
        probed = network([PROBE])[0]
    return {
        BASE: digest(model / "model.safetensors"),
        PROBED: json.dumps([round(each, 4) for each in probed.tolist()]),
        "seed": str(SEED),
        "torch": torch.__version__,
        "left_out": "" if fold is None else f"{fold} of {folds}",
    }


if __name__ == "__main__":
    main()
