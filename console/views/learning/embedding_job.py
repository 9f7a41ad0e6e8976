"""Finds the questions that wait for staff, and what they mean, beside the work of answering."""

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
STRETCHES = 5  # of the past, a round
AT_ONCE = 100  # sentences a round; a round takes less than a second of one processor


class EmbeddingJob:
    """The sentence model is loaded when there is a first question; without it, questions are grouped by their words."""

    def __init__(self, store: Store, encoder_dir: Path):
        self._store, self._folder = store, encoder_dir
        self._encoder: Encoder | None = None
        self._missing = False

    async def look_on(self) -> None:
        """One round."""
        for _ in range(STRETCHES):
            if not await self._store.write(unanswered.scan):
                break
        asked = [] if self._missing else await self._store.read(unanswered.without_embedding, AT_ONCE)
        if asked:
            vectors = await asyncio.to_thread(self._encode, [text for _, text in asked])
            if vectors is not None:
                pairs = zip((message_id for message_id, _ in asked), vectors, strict=True)
                await self._store.write(unanswered.store_embeddings, list(pairs))

    def _encode(self, texts: list[str]) -> np.ndarray | None:
        try:
            self._encoder = self._encoder or open_encoder(self._folder)
        except ModelFilesError as error:
            self._missing = True
            logger.warning("unanswered questions are grouped by their words alone", extra={"reason": str(error)})
            return None
        return self._encoder.encode(texts)
