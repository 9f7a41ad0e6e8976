"""Keeps the vectors of texts that were encoded, so that building and training encode only what is new.

One file beside the sentence model holds the vectors under the SHA-256 of their texts; no text is kept. It goes with the model,
and a file that cannot be read is as good as none.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from nlu.encoding.encoder import SIZE, Encoder
from nlu.encoding.model_files import GRAPH, digest

logger = logging.getLogger(__name__)
FILE = "vectors.npz"
DIGEST = 16  # bytes of the SHA-256 that a vector is kept under
MOST = 40_000  # vectors kept, 60 MB; the longest unused go first


class VectorCache:
    """Encoder of many texts that remembers, in the sentence model's folder."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder, self._file = encoder, folder / FILE
        self._model = digest(folder / GRAPH)

    def encode(self, texts: list[str]) -> NDArray[Any]:
        """Return the unit vectors of texts, float32, shape (texts, 384); those that are not known are encoded."""
        digests = [hashlib.sha256(text.encode()).digest()[:DIGEST] for text in texts]
        known = self._read()
        new = {each: text for each, text in zip(digests, texts, strict=True) if each not in known}
        known.update(zip(new, self._encoder.encode(list(new.values())), strict=True))
        if new:
            self._write(known, digests)
        return np.stack([known[each] for each in digests]) if texts else np.zeros((0, SIZE), np.float32)

    def _read(self) -> dict[bytes, NDArray[Any]]:
        """Return the vectors that are kept for this model."""
        try:
            with np.load(self._file) as stored:
                if str(stored["model"]) != self._model:
                    return {}
                digests, vectors = stored["digests"], stored["vectors"]
            return dict(zip(map(bytes, digests), vectors, strict=True))
        except (OSError, KeyError, ValueError, EOFError, BadZipFile):
            return {}

    def _write(self, known: dict[bytes, NDArray[Any]], used: Iterable[bytes]) -> None:
        """Keep the vectors in one step, those in use last; where that may not be done, nothing is kept."""
        for each in dict.fromkeys(used):
            known[each] = known.pop(each)
        kept = list(known)[-MOST:]
        digests = np.frombuffer(b"".join(kept), np.uint8).reshape(-1, DIGEST)
        vectors = np.stack([known[each] for each in kept])
        beside = self._file.with_name(f".{FILE}-{os.getpid()}")
        try:
            with beside.open("wb") as file:
                np.savez(file, model=np.array(self._model), digests=digests, vectors=vectors)
            os.replace(beside, self._file)
        except OSError as error:
            logger.info("vectors are not kept (%s)", error)
            with suppress(OSError):
                beside.unlink()  # half a file on a full disk
