"""The list of all patches, and their application to a loaded model.

A patch is applied only if the code that it replaces is, letter for letter, the code that it was written against. Otherwise
Rasa works as it always does, slower and right, and the log says so. ADVISOR_RASA_PATCHES=off applies none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from bot.engine.patches import (
    action_replies,
    graph_runner,
    rule_predictions,
    story_predictions,
    turn_steps,
)
from bot.engine.patches.base import Patch

logger = logging.getLogger(__name__)

PATCHES = (
    action_replies.PATCH,
    rule_predictions.PATCH,
    story_predictions.PATCH,
    turn_steps.PATCH,
    graph_runner.PATCH,  # last: the predictions' patches look for their nodes in Rasa's runner or in ours
)


def apply_patches(processor: Any, patches: Iterable[Patch]) -> list[str]:
    """Apply the patches that are safe for a processor, Rasa's for one loaded model; return their names."""
    applied = []
    for patch in patches:
        obstacle = patch.obstacle(processor)
        if obstacle:
            logger.warning("no patch for %s: %s. It works, but slower.", patch.name, obstacle)
        else:
            patch.apply(processor)
            applied.append(patch.name)
    return applied
