"""Keeps the vectors of texts that were encoded, so that building and training encode only what is new.

One file beside the sentence model holds the vectors under the SHA-256 of their texts; no text is kept. It goes with the model,
and a file that cannot be read is as good as none.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from nlu.encoding.encoder import SIZE, Encoder
from nlu.encoding.model_files import GRAPH

logger = logging.getLogger(__name__)
FILE = "vectors.npz"
DIGEST = 16  # bytes of the SHA-256 that a vector is kept under
MOST = 40_000  # vectors kept, 60 MB; the longest unused go first


class VectorCache:
    """Encoder of many texts that remembers, in the sentence model's folder."""

    def __init__(self, encoder: Encoder, folder: Path) -> None:
        self._encoder, self._file = encoder, folder / FILE
        self._model = hashlib.sha256((folder / GRAPH).read_bytes()).hexdigest()

    def encode(self, texts: list[str]) -> NDArray[Any]:
        """Return the unit vectors of texts, float32, shape (texts, 384); those that are not known are encoded."""
        digests = [hashlib.sha256(text.encode()).digest()[:DIGEST] for text in texts]
        known = self._read()
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        known.update(zip(new, self._encoder.encode(list(new.values())), strict=True))
        if new:
            self._write(known, digests)
        return np.stack([known[digest] for digest in digests]) if texts else np.zeros((0, SIZE), np.float32)

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
        for digest in dict.fromkeys(used):
            known[digest] = known.pop(digest)
        kept = list(known)[-MOST:]
        digests = np.frombuffer(b"".join(kept), np.uint8).reshape(-1, DIGEST)
        vectors = np.stack([known[digest] for digest in kept])
        try:
            handle, beside = tempfile.mkstemp(dir=self._file.parent, prefix=f".{FILE}-")
            with os.fdopen(handle, "wb") as file:
                np.savez(file, model=np.array(self._model), digests=digests, vectors=vectors)
            os.replace(beside, self._file)
        except OSError as error:
            logger.info("vectors are not kept (%s)", error)
