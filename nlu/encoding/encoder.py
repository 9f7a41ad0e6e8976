"""Encodes text as sentence vectors whose direction is the meaning."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.encoding.model_files import GRAPH, TOKENIZER, ModelFilesError, check
from nlu.encoding.onnx_session import open_session

SIZE = 384
MANY = 64  # texts from which several threads are faster
LONGEST = 128  # word pieces; the model was trained on sentences of at most 128


class Encoder:
    """Sentence model all-MiniLM-L6-v2 on one CPU thread; safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        wrong = check(folder)
        if wrong:
            raise ModelFilesError(wrong)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()  # the published file pads to 128 pieces, which costs six times the latency
        self._tokenizer.enable_truncation(LONGEST)
        self._session = open_session(folder / GRAPH)

    def encode(self, texts: list[str]) -> NDArray[Any]:
        """Return the unit vectors of texts, float32, shape (texts, 384).

        One text at a time: 8-bit activations share a scale within a batch, so a text's vector would depend on the
        others.
        """
        if not texts:
            return np.zeros((0, SIZE), np.float32)
        if len(texts) < MANY:
            return np.stack([self._encode_one(text) for text in texts])
        with ThreadPoolExecutor(os.cpu_count()) as threads:  # the runtime releases the GIL while it computes
            return np.stack(list(threads.map(self._encode_one, texts)))

    def is_word(self, word: str) -> bool:
        """Return whether the model's vocabulary (30,522 frequent English pieces) has the lower-case word as a whole."""
        return self._tokenizer.token_to_id(word) is not None

    def _encode_one(self, text: str) -> NDArray[Any]:
        ids = np.array([self._tokenizer.encode(text).ids], np.int32)
        vector: NDArray[Any] = self._session.run(["embedding"], {"input_ids": ids, "segment_ids": np.zeros_like(ids)})[
            0
        ][0]
        return vector


@lru_cache(maxsize=4)
def open_encoder(folder: Path) -> Encoder:
    """Return the encoder of a folder, loaded once a process; loading takes 0.2 s and 60 MB."""
    return Encoder(Path(folder))
