"""Copies for debug lines.

Rasa: rasa.core.processor, .policies.memoization and .policies.rule_policy copy whole conversations, and use the module
`copy` for nothing else, to log them at level DEBUG.
Ours: `copy` in these modules is replaced by an object whose deepcopy returns the value itself.
Guard: the digests of the three modules, and that nobody reads Rasa's debug lines in this process.
Gain: 0.2 to 0.4 ms of CPU a turn (of 9.9).
"""

from __future__ import annotations

import logging
from typing import Any

from rasa.core import processor as processing
from rasa.core.policies import memoization, rule_policy

from bot.engine.patches.base import Patch


class _NoCopies:
    """Stands in for the module `copy`."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        return value


def _apply(processor: Any) -> None:
    for module in (processing, memoization, rule_policy):
        module.copy = _NoCopies


def _is_debug_off(processor: Any) -> bool:
    return not logging.getLogger("rasa").isEnabledFor(logging.DEBUG)


PATCH = Patch(
    "copies for debug lines",
    ((processing, "f42dfbf26e2ffcb6"), (memoization, "e4519f1a04ecdcce"), (rule_policy, "952d1a13906511ac")),
    _apply,
    _is_debug_off,
)
