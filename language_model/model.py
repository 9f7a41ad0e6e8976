"""Has a language model read a message: within its budget, its time and the closed list, or not at all."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path

from core.contract.queries import NEVER, UNDERSTOOD, MaskedMessage, ModelReading, UnsureTurn
from core.settings_checks import SettingsError, parts_of_list
from core.settings_language_model import LanguageModelSettings
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge
from language_model.budget import Budget
from language_model.circuit_breaker import CircuitBreaker
from language_model.client import CallFailed, Completion, CompletionClient
from language_model.closed_list import closed_list
from language_model.prompt import prompt
from language_model.query_schema import InvalidQuery, query_schema, read_query

logger = logging.getLogger(__name__)
BUDGET_FILE = "language-model.json"  # in var/
MOST_AT_ONCE = 8  # calls; one more is not made, since it would only wait
# Why no call was made, or its answer was not taken.
OVER_BUDGET, PAUSED, CROWDED, OTHER_LANGUAGE = "over_budget", "paused", "crowded", "other_language"
INVALID, NO_KNOWLEDGE = "invalid", "no_knowledge"
PER_MILLION = 1_000_000


class LanguageModel:
    """A language model behind an endpoint, for the front; one for the process."""

    def __init__(
        self, settings: LanguageModelSettings, client: CompletionClient, budget: Budget, knowledge_db: Path
    ) -> None:
        self._settings, self._client, self._budget, self._knowledge_db = settings, client, budget, knowledge_db
        self._breaker, self._running = CircuitBreaker(), 0
        self._languages = parts_of_list(settings.language_model_languages)
        self._sites = parts_of_list(settings.language_model_sites)

    def when(self, site: str) -> str:
        """Return when messages from a site (empty: from elsewhere) are put to the model."""
        return NEVER if self._sites and site not in self._sites else self._settings.language_model_when

    async def read(self, message: MaskedMessage, unsure: UnsureTurn) -> ModelReading:
        """Return what the model made of a message; whatever goes wrong is a result without a query."""
        if reason := self._why_not(unsure):
            return ModelReading(reason, model=self._settings.language_model_name)
        began = time.monotonic()
        self._running += 1
        try:
            reading = await self._read(message, unsure)
        finally:
            self._running -= 1
        ms = round((time.monotonic() - began) * 1000, 1)
        return replace(reading, model=self._settings.language_model_name, ms=ms)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _why_not(self, unsure: UnsureTurn) -> str:
        """Return why no call is made, or an empty text; counts the call otherwise."""
        if self._languages and (unsure["language"] or "en") not in self._languages:
            return OTHER_LANGUAGE
        if self._running >= MOST_AT_ONCE:
            return CROWDED
        if not self._breaker.lets_through():
            return PAUSED
        return "" if self._budget.take_call() else OVER_BUDGET

    async def _read(self, message: MaskedMessage, unsure: UnsureTurn) -> ModelReading:
        try:
            choices = closed_list(open_knowledge(self._knowledge_db), unsure)
        except KnowledgeError as error:
            logger.error("a language model cannot be asked without a knowledge base: %s", error)
            return ModelReading(NO_KNOWLEDGE)
        schema = query_schema(choices)
        try:
            answer = await self._client.complete(prompt(message, choices, unsure), schema)
        except CallFailed as error:
            logger.warning("a language model gave no answer: %s", error.kind)
            self._breaker.note(went_well=False)
            return ModelReading(error.kind)
        self._breaker.note(went_well=True)
        return self._taken(answer, schema, message.words)

    def _taken(self, answer: Completion, schema: dict[str, object], words: str) -> ModelReading:
        self._budget.add_tokens(answer.tokens_in + answer.tokens_out)
        told = ModelReading(INVALID, None, "", 0.0, answer.tokens_in, answer.tokens_out, self._cost(answer))
        try:
            return replace(told, result=UNDERSTOOD, query=read_query(answer.text, schema, words))
        except InvalidQuery as error:
            logger.warning("a language model's answer was refused: %s", error)
            return told

    def _cost(self, answer: Completion) -> float | None:
        price_in, price_out = self._settings.language_model_price_in, self._settings.language_model_price_out
        if not (price_in or price_out):
            return None
        return (answer.tokens_in * price_in + answer.tokens_out * price_out) / PER_MILLION


def build_model(settings: LanguageModelSettings, var_dir: Path, knowledge_db: Path) -> LanguageModel | None:
    """Return the language model of the settings, or None if they name no endpoint; raises SettingsError without its key."""
    if not settings.uses_language_model:
        return None
    client = CompletionClient(
        settings.language_model_url,
        settings.language_model_name,
        _key(settings.language_model_key_file),
        settings.language_model_seconds,
        settings.language_model_form,
    )
    budget = Budget(var_dir / BUDGET_FILE, settings.language_model_calls_a_day, settings.language_model_tokens_a_day)
    return LanguageModel(settings, client, budget, knowledge_db)


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
