"""Runs actions in the engine's process, with the same names, arguments and replies as on rasa-sdk's server."""

from __future__ import annotations

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

THREADS = 8  # for actions that are not coroutines; that many may hang before one more has to wait


class Rejected(Exception):
    """Refusal of an action, which leaves the choice to the policies; `action` is its name."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(reason)
        self.action = action


class ActionRunner:
    """Runner of every action of a package, found as the SDK's server finds them.

    A coroutine is awaited on the event loop (`AnswerAction` works in threads of its own), a plain function runs in a thread of
    a bounded pool. A thread cannot be ended: one that hangs keeps its place.
    """

    def __init__(self, package: str = "actions") -> None:
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="action")

    @property
    def names(self) -> set[str]:
        """The names of the actions that can be run."""
        return set(self._executor.actions)

    async def run(self, call: dict[str, Any], seconds: float) -> dict[str, Any]:
        """Run the call's action and return its "events" and "responses"; raises TimeoutError after `seconds`, Rejected."""
        name = call["next_action"]
        if name not in self._executor.actions:
            raise ActionNotFoundException(name)
        try:
            return await asyncio.wait_for(self._answer(name, call), seconds)
        except ActionExecutionRejection as rejection:
            raise Rejected(rejection.action_name, rejection.message) from None

    async def _answer(self, name: str, call: dict[str, Any]) -> dict[str, Any]:
        action, dispatcher = self._executor.actions[name], CollectingDispatcher()
        arguments = (dispatcher, Tracker.from_dict(call["tracker"]), call.get("domain", {}))
        if inspect.iscoroutinefunction(action):
            events = await action(*arguments)
        else:
            events = await asyncio.get_running_loop().run_in_executor(self._pool, action, *arguments)
        return {"events": self._executor.validate_events(events or [], name), "responses": dispatcher.messages}
