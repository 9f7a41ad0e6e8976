"""The bot's commands: each means a payload, or an answer of the front. Other text that begins with a slash is text."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

GREET, HELP, PERSON = "/greet", "/ask_help", "/want_person"
REALLY_DELETE = "really_delete"  # of conversations.pipeline.system_messages
OWN_DATA = "own_data"  # which the channel answers itself
PAYLOADS = {"start": GREET, "help": HELP, "human": PERSON}

KnownTopic = Callable[[str], bool]


@dataclass(frozen=True)
class CommandMeaning:
    """What a command means: a payload for the engine, or the name of an answer of the front."""

    payload: str = ""
    answer_with: str = ""


def parse_command(command: str, argument: str, is_topic: KnownTopic) -> CommandMeaning | None:
    """Return what a command means; None if it is not one of ours.

    `argument` is the text after it: after /start, the topic of a deep link.
    """
    if command == "delete":
        return CommandMeaning(answer_with=REALLY_DELETE)
    if command == "mydata":
        return CommandMeaning(answer_with=OWN_DATA)
    if command == "start" and argument and is_topic(topic := topic_of(argument)):
        return CommandMeaning(f"/ask_topic{json.dumps({'topic': topic})}")
    return CommandMeaning(PAYLOADS[command]) if command in PAYLOADS else None


def topic_of(argument: str) -> str:
    """Return the topic's key in a deep link (t.me/BOT?start=challenges_visa); Telegram allows no slash there."""
    return argument.replace("_", "/", 1)
