"""Every place where the advisor reaches into Rasa, checked when a model is loaded (docs/engine.md).

Needed; the engine doesn't start without them:
- `agent.action_endpoint` and `processor.action_endpoint` (public attributes): actions are called through an endpoint of
  ours (action_client.py) that records failures, since Rasa logs a failed action and goes on as if nothing had been asked.
- `FailSafeTrackerStore._tracker_store` and `._on_tracker_store_error` (private): errors of the store are raised instead of
  falling back to memory unseen. That they are raised is tried out.

Used by `./advisor rasa` alone (rasa_command.py):
- `RasaYAMLWriter.process_intents`: a block for each topic; Rasa writes one for each intent, with the first one's topic.

Used if they are as expected (public):
- `MessageProcessor.parse_message` waits for nothing, and `UserMessage.parse_data` is taken for its result: messages are
  understood in threads (patches/threaded_parsing.py), not on the event loop. If it does wait, Rasa understands them, as it
  always did.
- `SANIC_CORS_EVALUATED` of sanic_cors: says that a response needs no headers for pages of other sites. Set only if no page
  asks, that is without an Origin; if it has another name, they are worked out as always, and come to nothing.

Replaced by patches, unless ADVISOR_RASA_PATCHES is off: see the files of patches/, one for each, and patches/registry.py.
"""

from __future__ import annotations

import ctypes
import gc
import logging
from typing import Any

import sanic_cors.core
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from sanic.request import Request

from bot.engine.action_client import InProcessActions, action_endpoint
from bot.engine.errors import TurnFailed
from bot.engine.patches.registry import PATCHES, apply_patches
from bot.engine.patches.starting.unused_packages import close
from bot.engine.patches.threaded_parsing import understand_here
from bot.engine.tracker_store import SnapshotStore
from core.library_logs import hush
from core.settings import Settings

logger = logging.getLogger(__name__)
_INSTALLED = "_advisor_installed"
_CORS_DONE = getattr(sanic_cors.core, "SANIC_CORS_EVALUATED", None)
KNOWN_RASA = "the engine was made for 3.6.21 (requirements/engine.lock)"


def need_no_cors(request: Request) -> None:
    """Spare a request that no web page makes the headers for pages of other sites."""
    if _CORS_DONE and "origin" not in request.headers:
        setattr(request.ctx, _CORS_DONE, "1")


async def install_at_start(app: Any, loop: Any) -> None:
    """Put our parts in place before the first turn; an error here, such as another tracker store, ends the start.

    Until now Rasa spoke of the model and of the start, and of nobody; from here on, people's words are in what it logs.
    """
    agent = getattr(app.ctx, "agent", None)
    if agent is not None and agent.processor is not None:
        ready_agent(app)
    close()
    hush()


def ready_agent(app: Any) -> Agent:
    """Return the engine's agent with our parts in place; raises TurnFailed (503) while no model is loaded.

    Rasa makes new agents and processors when a model is replaced, so this looks at every turn; it costs two attribute
    look-ups.
    """
    agent = getattr(app.ctx, "agent", None)
    if agent is None or agent.processor is None:
        raise TurnFailed("the engine is still starting", 503)
    if not getattr(agent.processor, _INSTALLED, False):
        install(agent, Settings.from_environment())
    return agent


def install(agent: Agent, settings: Settings) -> None:
    """Put our parts in an agent's processor, which belongs to one loaded model; raises TurnFailed if they don't fit."""
    store_of(agent)
    _raise_errors_of_the_store(agent.tracker_store)
    if not (hasattr(agent, "action_endpoint") and hasattr(agent.processor, "action_endpoint")):
        raise TurnFailed(f"this Rasa calls actions in another way; {KNOWN_RASA}", 503)
    agent.action_endpoint = agent.processor.action_endpoint = action_endpoint(agent.action_endpoint, settings)
    if settings.rasa_patches == "on":
        apply_patches(agent.processor, PATCHES)
    _warm_up(agent.processor)
    # What is loaded now stays: looking through a million objects for garbage again and again made some turns slow.
    gc.unfreeze()  # a model that was replaced
    gc.collect()
    gc.freeze()
    return_freed_memory()
    setattr(agent.processor, _INSTALLED, True)


def _warm_up(processor: Any) -> None:
    """Understand a message, so that no visitor waits for what is made when it is first needed (0.4 s of processor)."""
    try:
        understand_here(processor.parse_message(UserMessage("hello")))
    except Exception as error:  # whatever it is, a message of a visitor's will tell
        logger.warning("the engine could not be warmed up (%s)", type(error).__name__)


def return_freed_memory() -> None:
    """Give back to the system what loading a model took for a while; glibc keeps it otherwise, 40 MB of it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
    if trim:
        trim(0)


def actions_here(agent: Agent) -> set[str] | None:
    """Return the names of the actions in this process, or None if they are on the action server."""
    endpoint = agent.processor.action_endpoint
    return endpoint.names if isinstance(endpoint, InProcessActions) else None


def custom_actions(agent: Agent) -> set[str]:
    """Return the names of the domain's actions that need code of ours."""
    domain = agent.processor.domain
    return {name for name in domain.user_actions if name not in domain.responses}


def store_of(agent: Agent) -> SnapshotStore:
    """Return our tracker store from inside Rasa's wrapper; raises TurnFailed if endpoints.yml names another."""
    wrapper = agent.tracker_store
    store = getattr(wrapper, "_tracker_store", wrapper)
    if not isinstance(store, SnapshotStore):
        raise TurnFailed(f"endpoints.yml loads {type(store).__name__}, not bot.engine.tracker_store.SnapshotStore", 503)
    return store


def _raise_errors_of_the_store(wrapper: Any) -> None:
    """Make Rasa's wrapper raise the store's errors, and try that it does; raises TurnFailed if it doesn't."""
    if not isinstance(wrapper, FailSafeTrackerStore):
        return
    wrapper._on_tracker_store_error = _raise
    for handler in (wrapper.on_tracker_store_error, wrapper.on_tracker_store_retrieve_error):
        try:
            handler(_TryOut())
        except _TryOut:
            continue
        raise TurnFailed(f"this Rasa hides errors of the tracker store; {KNOWN_RASA}", 503)


def _raise(error: Exception) -> None:
    raise error


class _TryOut(Exception):
    pass
