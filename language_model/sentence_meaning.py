"""Compares what sentences mean, by the vectors of the sentence model that the advisor itself understands with.

A vector stands for what a sentence is about more than for what it says of it: "short" and "long", "often" and "always" are
near to each other. So this is one check of several (rephrasing_checks.py), and told as such in docs/language-model.md.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.encoding.encoder import Encoder, open_encoder
from nlu.encoding.model_files import ModelFilesError

logger = logging.getLogger(__name__)
# Cosine from which two sentences say the same, if nothing else is wrong; how it was found: docs/language-model.md.
SAME = 0.82


class SentenceMeaning:
    """The sentence model, loaded when it is first needed. Safe to share between threads."""

    def __init__(self, encoder_dir: Path) -> None:
        self._folder = encoder_dir
        self._encoder: Encoder | None = None
        self._is_missing = False

    def is_there(self) -> bool:
        """Return whether sentences can be compared; if not, it is logged once."""
        if self._encoder is None and not self._is_missing:
            try:
                self._encoder = open_encoder(self._folder)
            except ModelFilesError as error:
                self._is_missing = True
                logger.error("answers are not rephrased without the sentence model: %s", error)
        return self._encoder is not None

    def is_word(self, word: str) -> bool:
        """Return whether the sentence model knows a word in small letters."""
        return self._encoder is not None and self._encoder.is_word(word)

    def nearness(self, plain: Sequence[str], said: Sequence[str]) -> list[float]:
        """Return the cosine of each sentence with the one that it stands for."""
        assert self._encoder is not None, "is_there() was asked before"
        return [
            float(share) for share in np.sum(self._encoder.encode([*plain]) * self._encoder.encode([*said]), axis=1)
        ]

    def word_nearness(self, words: Sequence[str], others: Sequence[str]) -> list[list[float]]:
        """Return the cosines of each word with each of the others."""
        assert self._encoder is not None, "is_there() was asked before"
        near = self._encoder.encode([*words]) @ self._encoder.encode([*others]).T
        return [[float(share) for share in row] for row in near]
