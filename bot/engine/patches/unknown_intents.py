"""The check for intents and entities that the domain doesn't know.

Rasa: `MessageProcessor._check_for_unseen_features` builds two dictionaries of the domain for each message.
Ours: looks into sets that are made once; if anything is unknown, Rasa's check runs and warns.
Guard: the digest of the method.
Gain: 0.2 to 0.5 ms of CPU a turn (of 9.9).
"""

from __future__ import annotations

from typing import Any

from rasa.core.processor import MessageProcessor

from bot.engine.patches.base import Patch


def _apply(processor: Any) -> None:
    rasas_check, domain = processor._check_for_unseen_features, processor.domain
    intents, entities = set(domain.intents), set(domain.entities)

    def check(parse_data: dict[str, Any]) -> None:
        named = {entity["entity"] for entity in parse_data["entities"] or []}
        if parse_data["intent"]["name"] not in intents or not named <= entities:
            rasas_check(parse_data)

    processor._check_for_unseen_features = check


PATCH = Patch("unknown intents", ((MessageProcessor._check_for_unseen_features, "286ab49de966bc0e"),), _apply)
