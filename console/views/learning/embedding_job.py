"""Background job that finds unanswered questions and computes their embeddings."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import numpy as np

from conversations.db.store import Store
from conversations.learning import unanswered
from nlu.encoding.encoder import Encoder, open_encoder
from nlu.encoding.model_files import ModelFilesError

logger = logging.getLogger(__name__)
MAX_SCANS = 5  # of past messages, in one run of the job
BATCH_SIZE = 100  # sentences in one run, which takes less than a second of one processor


class EmbeddingJob:
    """Loads the sentence model for the first question; without the model, questions are clustered by their words."""

    def __init__(self, store: Store, encoder_dir: Path) -> None:
        self._store, self._encoder_dir = store, encoder_dir
        self._encoder: Encoder | None = None
        self._is_missing = False

    async def run(self) -> None:
        """Run the job once."""
        for _ in range(MAX_SCANS):
            if not await self._store.write(unanswered.scan):
                break
        questions = [] if self._is_missing else await self._store.read(unanswered.without_embedding, BATCH_SIZE)
        if questions:
            vectors = await asyncio.to_thread(self._encode, [text for _, text in questions])
            if vectors is not None:
                pairs = zip((message_id for message_id, _ in questions), vectors, strict=True)
                await self._store.write(unanswered.store_embeddings, list(pairs))

    def _encode(self, texts: list[str]) -> np.ndarray | None:
        """Return the embeddings, or None if the sentence model is not installed."""
        try:
            self._encoder = self._encoder or open_encoder(self._encoder_dir)
        except ModelFilesError as error:
            self._is_missing = True
            logger.warning("unanswered questions are grouped by their words alone", extra={"reason": str(error)})
            return None
        return self._encoder.encode(texts)
