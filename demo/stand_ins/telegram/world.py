"""Telegram's side as it is now: people, chats with what was said in them, and the updates that the bot is still to take."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from demo.stand_ins.telegram.faults import Faults, Rates
from demo.stand_ins.telegram.limits import bad, units

MENTION = re.compile(r"(?<!\w)@(\w+)")
COMMAND = re.compile(r"(?<![\w/])/[a-z0-9_]+(?:@\w+)?", re.IGNORECASE)


@dataclass
class World:
    """The chats are made by whoever first writes in them; a group's number is below zero."""

    token: str = "42:stand-in"
    username: str = "advisor_demo_bot"
    faults: Faults = field(default_factory=Faults)
    rates: Rates = field(default_factory=Rates)
    webhook: dict[str, Any] = field(default_factory=dict)
    commands: list[dict[str, str]] = field(default_factory=list)
    commands_of_language: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    messages: dict[int, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    topics: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    blocked: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    queries: dict[str, dict[str, Any]] = field(default_factory=dict)  # pressed: {"answer": ...} once answered
    direct: set[int] = field(default_factory=set)  # chats that are a channel's direct messages
    members: dict[tuple[int, int], str] = field(default_factory=dict)  # (chat, person): their status, where it is told
    odd_answers: dict[str, bytes] = field(default_factory=dict)  # by method: what is answered once it has been done
    typing: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    updates: list[dict[str, Any]] = field(default_factory=list)  # in the order in which they are to be taken
    calls: Counter[str] = field(default_factory=Counter)  # by method
    refused: list[str] = field(default_factory=list)  # which calls were refused, where and why
    delivered: list[tuple[int, int]] = field(default_factory=list)  # (update id, the webhook's status)
    events: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1000))

    @property
    def bot(self) -> dict[str, Any]:
        """Return the bot as a user, as getMe tells it."""
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Advisor", "username": self.username}

    def number(self) -> int:
        """Return a number that nothing else has: of a message, an update or a query."""
        return next(self._numbers)

    def said(self, chat: int) -> list[dict[str, Any]]:
        """Return the messages of a chat, the oldest first."""
        return list(self.messages[chat].values())

    def by_bot(self, chat: int) -> list[dict[str, Any]]:
        """Return the bot's messages of a chat, the oldest first."""
        return [message for message in self.said(chat) if message["from"]["id"] == self.bot["id"]]

    # --- what people do -------------------------------------------------------------------------------------------
    def write(self, chat: int, person: int, text: str, **more: Any) -> dict[str, Any]:
        """Store what a person writes; return the update that tells the bot of it."""
        message = {**self.message(chat, person, **more), "text": text}
        entities = entities_of(text)
        if entities:
            message["entities"] = entities
        return self.update(message=self.keep(message))

    def message(self, chat: int, person: int, thread: int | None = None, reply_to: int | None = None) -> dict[str, Any]:
        """Return a message from a person that says nothing yet."""
        message: dict[str, Any] = {
            "message_id": self.number(),
            "from": user(person),
            "chat": chat_of(chat, forum=bool(self.topics[chat])),
            "date": int(time.time()),
        }
        if thread:
            self.topics[chat].add(thread)
            message |= {"message_thread_id": thread, "is_topic_message": True}
        if chat in self.direct:
            message["direct_messages_topic"] = {"topic_id": person, "user": user(person)}
        if reply_to:
            message["reply_to_message"] = {
                key: value for key, value in self.messages[chat][reply_to].items() if key != "reply_to_message"
            }
        return message

    def keep(self, message: dict[str, Any]) -> dict[str, Any]:
        """Store a message in its chat, in place of an older version of it, and return it."""
        self.messages[message["chat"]["id"]][message["message_id"]] = message
        return message

    def press(self, chat: int, person: int, message: int, data: str) -> dict[str, Any]:
        """Press a button as a person; return the update, whose query waits to be answered."""
        query = f"query-{self.number()}"
        self.queries[query] = {}
        pressed = self.messages[chat][message]
        return self.update(
            callback_query={"id": query, "from": user(person), "message": pressed, "chat_instance": "1", "data": data}
        )

    def update(self, **what: Any) -> dict[str, Any]:
        """Return a new update, not yet on its way."""
        return {"update_id": self.number(), **what}

    def send(self, update: dict[str, Any]) -> dict[str, Any]:
        """Put an update on its way."""
        self.updates.append(update)
        self.events.set()
        return update

    # --- what the bot may reach -----------------------------------------------------------------------------------
    def require_chat(self, chat: int) -> None:
        """Raise a Refusal unless the chat is there and has not moved."""
        if chat in self.moved:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.moved[chat])
        if not self.messages.get(chat):
            raise bad("chat not found")

    def require_message(self, chat: int, message: int, what: str) -> dict[str, Any]:
        """Return a message that the bot may edit or reply to (`what`); else raise a Refusal."""
        present = self.messages[chat].get(message)
        if not present or what == "edit" and not present["from"]["is_bot"]:
            raise bad(f"message to {what} not found" if what == "edit" else "message to be replied not found")
        return present


def user(person: int) -> dict[str, Any]:
    """Return a person as a user of Telegram."""
    return {"id": person, "is_bot": False, "first_name": f"Person {person}", "language_code": "en"}


def chat_of(chat: int, forum: bool = False) -> dict[str, Any]:
    """Return a chat of Telegram: private if its number is above zero, else a group."""
    if chat > 0:
        return {"id": chat, "type": "private", "first_name": f"Person {chat}"}
    return {"id": chat, "type": "supergroup", "title": "Study abroad", **({"is_forum": True} if forum else {})}


def entities_of(text: str) -> list[dict[str, Any]]:
    """Return the mentions and commands in a text, as Telegram marks them in what people type."""
    mentions = [("mention", match) for match in MENTION.finditer(text) if not _inside_command(text, match)]
    commands = [("bot_command", match) for match in COMMAND.finditer(text)]
    return [
        {"type": kind, "offset": units(text[: match.start()]), "length": units(match.group())}
        for kind, match in sorted(mentions + commands, key=lambda pair: pair[1].start())
    ]


def _inside_command(text: str, mention: re.Match[str]) -> bool:
    return any(command.start() < mention.start() < command.end() for command in COMMAND.finditer(text))
