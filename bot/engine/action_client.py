"""Clients of the actions, in the engine's process or on the action server; both tell the turn what went wrong."""

from __future__ import annotations

import asyncio
import json
import logging
from functools import lru_cache
from traceback import format_tb
from typing import Any

from rasa.core.actions.constants import SELECTIVE_DOMAIN
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.engine.action_runner import ActionRunner, Rejected
from bot.engine.current_turn import CURRENT_TURN
from core.settings import Settings
from core.traces import spans
from knowledge.errors import KnowledgeError

logger = logging.getLogger(__name__)
ACT = "act"  # the span of an action
REJECTED = 400  # how the action server says that an action leaves the choice to the policies


class InProcessResult(dict):
    """Result of an action in this process; the SDK made it, so its shape needs no check."""


def _trial(action: str) -> dict[str, Any]:
    """Return a call of an action in an empty conversation, to try it out."""
    tracker = {
        "sender_id": "tried-out",
        "slots": {},
        "latest_message": {},
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
    }
    return {"next_action": action, "sender_id": "tried-out", "tracker": tracker, "domain": {}}


class ServedActions(EndpointConfig):
    """Endpoint for the action server of endpoints.yml, with a time-out."""

    def __init__(self, plain: EndpointConfig, seconds: float) -> None:
        super().__init__()
        self.__dict__.update(plain.__dict__)
        self._seconds = seconds

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Have an action run on its server, with the time-out; record in the log what goes wrong, without the conversation."""
        action = (kwargs.get("json") or {}).get("next_action", "an action")
        kwargs["timeout"] = self._seconds
        try:
            with spans.span(ACT, kind=spans.CLIENT, action=action):
                return await super().request(*args, **kwargs)
        except ClientResponseError as error:
            _record(action, _reason(error))
            # Rasa logs what is raised here, and this error carries the whole conversation.
            raise RuntimeError("the action failed") from None
        except asyncio.TimeoutError as error:
            raise _too_slow(action, self._seconds) from error
        except Exception as error:
            # Away: its server is restarted, and will be back.
            _record(action, f"could not be run ({type(error).__name__})", passing=isinstance(error, OSError))
            raise

    async def try_out(self, action: str, seconds: float) -> None:
        """Run an action outside any turn; raises whatever goes wrong, TimeoutError after `seconds`."""
        await super().request("post", json=_trial(action), timeout=seconds)


class InProcessActions(EndpointConfig):
    """Endpoint for actions in this process, each with a time-out: no connection, no JSON."""

    def __init__(self, runner: ActionRunner, seconds: float) -> None:
        super().__init__(url="in-process", **{SELECTIVE_DOMAIN: True})  # no action of ours reads the domain
        self.names = runner.names
        self._runner, self._seconds = runner, seconds

    async def request(self, *args: Any, **kwargs: Any) -> InProcessResult:
        """Run the action that Rasa asks for; raises what Rasa expects of an action server that refused or failed."""
        call = kwargs["json"]
        action = call["next_action"]
        try:
            with spans.span(ACT, action=action) as span, spans.queries_summed(span):
                return InProcessResult(await self._runner.run(call, self._seconds))
        except Rejected as rejected:
            body = json.dumps({"action_name": rejected.action, "error": str(rejected)})
            raise ClientResponseError(REJECTED, str(rejected), body) from None
        except asyncio.TimeoutError as error:
            raise _too_slow(action, self._seconds) from error
        except Exception as error:
            _record(action, f"could not be run ({_named(error)})")
            # Only where it was: the error's own words may be those of a visitor.
            logger.error("%s failed at:\n%s", action, "".join(format_tb(error.__traceback__)))
            raise

    async def try_out(self, action: str, seconds: float) -> None:
        """Run an action outside any turn; raises whatever goes wrong, TimeoutError after `seconds`."""
        await self._runner.run(_trial(action), seconds)


def action_endpoint(plain: EndpointConfig | None, settings: Settings) -> EndpointConfig | None:
    """Return the endpoint that the settings ask for, or None if actions are on a server that endpoints.yml doesn't name."""
    seconds = settings.action_timeout_seconds
    if settings.actions == "in-process":
        return InProcessActions(_runner(), seconds)
    if plain is None or isinstance(plain, ServedActions):
        return plain
    return ServedActions(plain, seconds)


@lru_cache(maxsize=1)
def _runner() -> ActionRunner:
    try:
        return ActionRunner()
    except SystemExit:  # the SDK logs the failed import and ends the process
        raise RuntimeError("the actions cannot be loaded; the engine's log says why") from None


def _reason(error: ClientResponseError) -> str:
    """Return what the action server said, without the request that it echoes."""
    try:
        reason = json.loads(error.text).get("error", "")
    except (ValueError, AttributeError):
        reason = ""
    return f"answered with status {error.status}" + (f": {reason}" if reason else "")


def _named(error: Exception) -> str:
    """Return the class of an error, with its message if that is ours."""
    return f"{type(error).__name__}: {error}" if isinstance(error, KnowledgeError) else type(error).__name__


def _too_slow(action: str, seconds: float) -> RuntimeError:
    _record(action, f"took longer than {seconds:g} s")
    return RuntimeError("the action took too long")


def _record(action: str, what: str, passing: bool = False) -> None:
    logger.error("%s %s", action, what)
    turn = CURRENT_TURN.get()
    if turn is not None:
        turn.failures.append(f"{action} {what}")
        turn.passing = passing
