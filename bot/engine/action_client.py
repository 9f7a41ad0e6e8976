"""How the engine reaches its actions: in its own process, or on the action server. Both tell the turn what went wrong."""

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
from knowledge.errors import KnowledgeError

logger = logging.getLogger(__name__)
REJECTED = 400  # how the action server says that an action leaves the choice to the policies


class InProcessResult(dict):
    """What an action in this process answered: made by the SDK, so its shape needs no check."""


def _trial(action: str) -> dict[str, Any]:
    """A call of an action in a conversation in which nothing was said."""
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
    """The action server of endpoints.yml, asked with a time limit."""

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
        """Run an action as no turn's; raises what goes wrong, TimeoutError where it takes longer than that."""
        await super().request("post", json=_trial(action), timeout=seconds)


class InProcessActions(EndpointConfig):
    """The actions in this process, each with a time limit: no connection, no JSON."""

    def __init__(self, runner: ActionRunner, seconds: float):
        super().__init__(url="in-process", **{SELECTIVE_DOMAIN: True})  # no action of ours reads the domain
        self.names = runner.names
        self._runner, self._seconds = runner, seconds

    async def request(self, *args: Any, **kwargs: Any) -> InProcessResult:
        call = kwargs["json"]
        action = call["next_action"]
        try:
            return InProcessResult(await self._runner.run(call, self._seconds))
        except Rejected as rejected:
            said = json.dumps({"action_name": rejected.action, "error": str(rejected)})
            raise ClientResponseError(REJECTED, str(rejected), said) from None
        except asyncio.TimeoutError as error:
            raise _too_slow(action, self._seconds) from error
        except Exception as error:
            _record(action, f"could not be run ({_named(error)})")
            # Only where it was: the error's own words may be those of a visitor.
            logger.error("%s failed at:\n%s", action, "".join(format_tb(error.__traceback__)))
            raise

    async def try_out(self, action: str, seconds: float) -> None:
        """Run an action as no turn's; raises what goes wrong, TimeoutError where it takes longer than that."""
        await self._runner.run(_trial(action), seconds)


def action_endpoint(plain: EndpointConfig | None, settings: Settings) -> EndpointConfig | None:
    """The endpoint that the settings ask for; None where actions are served and endpoints.yml doesn't say where."""
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
    """What the action server said, without the request that it echoes."""
    try:
        said = json.loads(error.text).get("error", "")
    except (ValueError, AttributeError):
        said = ""
    return f"answered with status {error.status}" + (f": {said}" if said else "")


def _named(error: Exception) -> str:
    """The kind of error, with its words where they are ours."""
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
