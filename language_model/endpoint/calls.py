"""Calls of the endpoint, kept within the budget, a number at once and the circuit breaker, whatever they are for."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.settings_language_model import LanguageModelSettings
from language_model.endpoint.budget import Budget, Spent
from language_model.endpoint.client import CallFailed, Completion, CompletionClient

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 8  # calls; one more is not made, since it would only wait
OVER_BUDGET, PAUSED, CROWDED = "over_budget", "paused", "crowded"  # why no call was made
PER_MILLION = 1_000_000
FAILURES = 5  # in a row, after which the circuit breaker opens
PAUSE_SECONDS = 60.0  # that it stays open


@dataclass(frozen=True)
class Called:
    """What a call brought: an answer, or in a word why it brought none; and what it took in tokens, in either case."""

    answer: Completion | None = None
    failure: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


class CircuitBreaker:
    """Opens after some failures in a row; after a pause one call is let through, whose success closes it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._failed, self._closed_from = clock, 0, 0.0

    def lets_through(self) -> bool:
        """Return whether a call may be made now; the one after a pause keeps others from being made beside it."""
        if self._failed < FAILURES:
            return True
        if self._clock() < self._closed_from:
            return False
        self._closed_from = self._clock() + PAUSE_SECONDS
        return True

    def note(self, went_well: bool) -> None:
        """Note how a call went."""
        self._failed = 0 if went_well else self._failed + 1
        if self._failed >= FAILURES:
            self._closed_from = self._clock() + PAUSE_SECONDS


class Calls:
    """Makes calls of one endpoint; one for the process."""

    def __init__(self, settings: LanguageModelSettings, client: CompletionClient, budget: Budget) -> None:
        self._settings, self._client, self._budget = settings, client, budget
        self._breaker, self._running = CircuitBreaker(), 0

    async def ask(
        self, messages: list[dict[str, str]], schema: dict[str, Any], seconds: float, most_tokens: int
    ) -> Called:
        """Return what a prompt brought within `seconds`; does not raise."""
        if reason := self._why_not():
            return Called(failure=reason)
        self._running += 1
        try:
            answer = await self._client.complete(messages, schema, seconds, most_tokens)
        except CallFailed as error:
            logger.warning("a language model gave no answer: %s", error.kind)
            self._breaker.note(went_well=False)
            return self._counted(Called(None, error.kind, error.tokens_in, error.tokens_out))
        finally:
            self._running -= 1
        self._breaker.note(went_well=True)
        return self._counted(Called(answer, "", answer.tokens_in, answer.tokens_out))

    def _counted(self, called: Called) -> Called:
        if tokens := called.tokens_in + called.tokens_out:
            self._budget.add_tokens(tokens)
        return called

    @property
    def spent(self) -> Spent:
        """Return what today has taken of the budget."""
        return self._budget.spent

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return what tokens cost by the prices in the settings, None without any."""
        price_in, price_out = self._settings.language_model_price_in, self._settings.language_model_price_out
        if not (price_in or price_out):
            return None
        return (tokens_in * price_in + tokens_out * price_out) / PER_MILLION

    def _why_not(self) -> str:
        """Return why no call is made, or an empty text; counts the call otherwise."""
        if self._running >= MOST_AT_ONCE:
            return CROWDED
        if not self._breaker.lets_through():
            return PAUSED
        return "" if self._budget.take_call() else OVER_BUDGET
