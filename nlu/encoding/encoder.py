"""The sentence encoder: a text to a vector whose direction is its meaning."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlu.encoding.model_files import GRAPH, TOKENIZER, ModelFilesError, check
from nlu.encoding.onnx_session import open_session

SIZE = 384
MANY = 64  # texts from which sharing them between processors pays
LONGEST = 128  # word pieces; the model was trained on sentences of at most 128


class Encoder:
    """all-MiniLM-L6-v2 on one CPU thread; safe to share between threads."""

    def __init__(self, folder: Path):
        from tokenizers import Tokenizer

        wrong = check(folder)
        if wrong:
            raise ModelFilesError(wrong)
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self._tokenizer.no_padding()  # the published file pads to 128 pieces, which costs six times the latency
        self._tokenizer.enable_truncation(LONGEST)
        self._session = open_session(folder / GRAPH)

    def encode(self, texts: list[str]) -> np.ndarray:
        """Unit vectors, float32, shape (texts, 384).

        One text at a time: 8-bit activations share a scale within a batch, so a text's vector would depend on its
        neighbours.
        """
        if not texts:
            return np.zeros((0, SIZE), np.float32)
        if len(texts) < MANY:
            return np.stack([self._encode_one(text) for text in texts])
        with ThreadPoolExecutor(os.cpu_count()) as threads:  # the runtime lets go of Python's lock while it computes
            return np.stack(list(threads.map(self._encode_one, texts)))

    def is_word(self, word: str) -> bool:
        """Whether the model's vocabulary (30,522 frequent English pieces) has the lower-case word whole."""
        return self._tokenizer.token_to_id(word) is not None

    def _encode_one(self, text: str) -> np.ndarray:
        ids = np.array([self._tokenizer.encode(text).ids], np.int32)
        return self._session.run(["embedding"], {"input_ids": ids, "segment_ids": np.zeros_like(ids)})[0][0]


@lru_cache(maxsize=4)
def open_encoder(folder: Path) -> Encoder:
    """The process's one encoder of that folder: loading takes 0.2 s and 60 MB."""
    return Encoder(Path(folder))
