"""Has a language model read a message, or rephrase an answer: within its budget, its time and its checks, or not at all."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from core.contract.queries import NEVER, UNDERSTOOD, MaskedMessage, ModelReading, UnsureTurn
from core.contract.rephrasings import ALWAYS, ENGLISH, LANGUAGES, Rephrasing
from core.settings_checks import SettingsError, parts_of_list
from core.settings_language_model import OTHERS, LanguageModelSettings
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge
from language_model.closed_list import closed_list
from language_model.endpoint.budget import Budget
from language_model.endpoint.calls import Called, Calls
from language_model.endpoint.client import CompletionClient
from language_model.ordinary_words import words_of_english, words_of_guide
from language_model.prompt import prompt
from language_model.query_schema import InvalidQuery, query_schema, read_query
from language_model.rephrasing import Rephraser
from language_model.sentence_meaning import SentenceMeaning

logger = logging.getLogger(__name__)
BUDGET_FILE = "language-model.json"  # in var/
MOST_TOKENS = 600  # that a query may have
OTHER_LANGUAGE, INVALID, NO_KNOWLEDGE = "other_language", "invalid", "no_knowledge"


class LanguageModel:
    """A language model behind an endpoint, for the front; one for the process."""

    def __init__(
        self,
        settings: LanguageModelSettings,
        calls: Calls,
        rephraser: Rephraser,
        knowledge: Mapping[str, Path],
        encoder_dir: Path,
    ) -> None:
        """`knowledge` are the knowledge bases of the guide packs by name, that of the first under ""."""
        self._encoder_dir = encoder_dir
        self._settings, self._calls, self._rephraser, self._knowledge = settings, calls, rephraser, knowledge
        self._languages = parts_of_list(settings.language_model_languages)
        self._sites = settings.language_model_when_by_site

    def when(self, site: str) -> str:
        """Return when messages from a site (empty: from elsewhere) are put to the model."""
        return self._sites.get(site) or self._sites[OTHERS]

    def rephrases(self, site: str, language: str) -> bool:
        """Return whether answers from a site are rephrased in a language (ISO 639-1; English for the tone alone)."""
        wanted = (LANGUAGES, ALWAYS) if language != ENGLISH else (ALWAYS,)
        is_asked = self.when(site) != NEVER and (not self._languages or language in self._languages)
        return is_asked and self._settings.language_model_rephrase in wanted

    def spent_today(self) -> tuple[int, int]:
        """Return how many calls were made and how many tokens these took today, by all fronts of this machine."""
        return self._calls.spent.calls, self._calls.spent.tokens

    def ordinary_words(self, pack: str) -> frozenset[str]:
        """Return words of English and of a guide pack's knowledge, in small letters, which name no person."""
        english = words_of_english(self._encoder_dir)
        try:
            return english | words_of_guide(open_knowledge(self._knowledge[pack]))
        except KnowledgeError:
            return english  # it is logged when a message is to be read by it

    async def read(self, message: MaskedMessage, unsure: UnsureTurn, pack: str = "") -> ModelReading:
        """Return what the model made of a message, by a guide pack's knowledge; what goes wrong is a result without a query."""
        name = self._settings.language_model_name
        if self._languages and (unsure["language"] or ENGLISH) not in self._languages:
            return ModelReading(OTHER_LANGUAGE, model=name)
        began = time.monotonic()
        reading = await self._read(message, unsure, self._knowledge[pack])
        return replace(reading, model=name, ms=round((time.monotonic() - began) * 1000, 1))

    async def rephrase(
        self, texts: Sequence[str], language: str, seconds: float, labels: Sequence[str] = ()
    ) -> Rephrasing:
        """Return texts as the model says them in a language, or why they stay as they are; `seconds` are left of the turn.

        Of `labels`, titles of buttons and the like, those stay as they are that do not pass.
        """
        most = min(seconds, self._settings.language_model_rephrase_seconds)
        told = await self._rephraser.rephrase(texts, language, most, labels)
        return replace(told, model=self._settings.language_model_name)

    async def close(self) -> None:
        """Close the connections."""
        await self._calls.close()

    async def _read(self, message: MaskedMessage, unsure: UnsureTurn, knowledge_db: Path) -> ModelReading:
        try:
            choices = closed_list(open_knowledge(knowledge_db), unsure)
        except KnowledgeError as error:
            logger.error("a language model cannot be asked without a knowledge base: %s", error)
            return ModelReading(NO_KNOWLEDGE)
        schema = query_schema(choices)
        messages, seconds = prompt(message, choices, unsure), self._settings.language_model_seconds
        return self._taken(await self._calls.ask(messages, schema, seconds, MOST_TOKENS), schema, message.words)

    def _taken(self, called: Called, schema: dict[str, object], words: str) -> ModelReading:
        cost = self._calls.cost(called.tokens_in, called.tokens_out) if called.tokens_in or called.tokens_out else None
        told = ModelReading(called.failure or INVALID, None, "", 0.0, called.tokens_in, called.tokens_out, cost)
        if called.answer is None:
            return told
        try:
            return replace(told, result=UNDERSTOOD, query=read_query(called.answer.text, schema, words))
        except InvalidQuery as error:
            logger.warning("a language model's answer was refused: %s", error)
            return told


def build_model(
    settings: LanguageModelSettings, var_dir: Path, knowledge: Mapping[str, Path] | Path, encoder_dir: Path
) -> LanguageModel | None:
    """Return the language model of the settings, or None if they name no endpoint; raises SettingsError without its key.

    `knowledge` is the knowledge base, or those of several guide packs by name, that of the first under "".
    """
    if not settings.uses_language_model:
        return None
    client = CompletionClient(
        settings.language_model_url,
        settings.language_model_name,
        _key(settings.language_model_key_file),
        settings.language_model_form,
    )
    budget = Budget(var_dir / BUDGET_FILE, settings.language_model_calls_a_day, settings.language_model_tokens_a_day)
    calls = Calls(settings, client, budget)
    rephraser = Rephraser(calls, SentenceMeaning(encoder_dir), settings.language_model_tone)
    by_pack = {"": knowledge} if isinstance(knowledge, Path) else knowledge
    return LanguageModel(settings, calls, rephraser, by_pack, encoder_dir)


def _key(file: Path | None) -> str:
    """Return the key in a file: its only line."""
    if file is None:
        return ""
    try:
        key = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"ADVISOR_LANGUAGE_MODEL_KEY_FILE cannot be read ({type(error).__name__}): {file}. It holds the endpoint's key, "
            "in one line."
        ) from None
    if not key or not key.isprintable() or " " in key:
        raise SettingsError(f"ADVISOR_LANGUAGE_MODEL_KEY_FILE holds no key in one line: {file}.")
    return key
