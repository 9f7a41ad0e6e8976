"""Every place where the advisor reaches into Rasa, in one list, checked when the engine starts.

What is relied on, and what happens where a Rasa version lacks it:
- `agent.action_endpoint` and `processor.action_endpoint` (public attributes): actions are called through an endpoint of
  ours that records failures, since Rasa logs a failed action and goes on as if nothing had been asked.
- `FailSafeTrackerStore._tracker_store` and `._on_tracker_store_error` (private): errors of the store are raised instead of
  falling back to memory unseen. Without them the engine refuses to start a turn.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.settings import Settings

logger = logging.getLogger(__name__)
_INSTALLED = "_advisor_installed"


class RecordingEndpoint(EndpointConfig):
    """An action endpoint that tells the turn in progress what went wrong, and does not wait for ever."""

    def __init__(self, plain: EndpointConfig, seconds: float):
        super().__init__()
        self.__dict__.update(plain.__dict__)
        self._seconds = seconds

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        action = (kwargs.get("json") or {}).get("next_action", "an action")
        kwargs["timeout"] = self._seconds
        try:
            return await super().request(*args, **kwargs)
        except ClientResponseError as error:
            self._record(action, _reason(error))
            # Rasa logs what is raised here, and this error carries the whole conversation.
            raise RuntimeError("the action failed") from None
        except asyncio.TimeoutError as error:
            self._record(action, f"took longer than {self._seconds:g} s")
            raise RuntimeError("the action took too long") from error
        except Exception as error:
            self._record(action, f"could not be run ({type(error).__name__})")
            raise

    @staticmethod
    def _record(action: str, what: str) -> None:
        from bot.engine.turn import TURN

        logger.error("%s %s", action, what)
        turn = TURN.get()
        if turn is not None:
            turn.failures.append(f"{action} {what}")


def _reason(error: ClientResponseError) -> str:
    """What the action server said, without the request that it echoes."""
    try:
        said = json.loads(error.text).get("error", "")
    except (ValueError, AttributeError):
        said = ""
    return f"answered with status {error.status}" + (f": {said}" if said else "")


def ready_agent(app):
    """The engine's agent with our endpoint in place; raises TurnFailed (503) while no model is loaded.

    Rasa makes new agents and processors when a model is replaced, so this looks at every turn; it costs two attribute
    look-ups.
    """
    from bot.engine.turn import TurnFailed

    agent = getattr(app.ctx, "agent", None)
    if agent is None or agent.processor is None:
        raise TurnFailed("the engine is still starting", 503)
    if getattr(agent.processor, _INSTALLED, False):
        return agent
    store_of(agent)
    endpoint = agent.action_endpoint
    if endpoint is not None and not isinstance(endpoint, RecordingEndpoint):
        endpoint = RecordingEndpoint(endpoint, Settings.from_environment().action_timeout_seconds)
    agent.action_endpoint = agent.processor.action_endpoint = endpoint
    setattr(agent.processor, _INSTALLED, True)
    return agent


def store_of(agent):
    """Our tracker store inside Rasa's wrapper, with its errors raised; TurnFailed where endpoints.yml gave another."""
    from bot.engine.tracker_store import SnapshotStore
    from bot.engine.turn import TurnFailed

    wrapper = agent.tracker_store
    store = getattr(wrapper, "_tracker_store", wrapper)
    if not isinstance(store, SnapshotStore):
        raise TurnFailed(f"endpoints.yml loads {type(store).__name__}, not bot.engine.tracker_store.SnapshotStore", 503)
    if isinstance(wrapper, FailSafeTrackerStore):
        wrapper._on_tracker_store_error = _raise
    return store


def _raise(error: Exception) -> None:
    raise error
