"""Telegram's side as it is now: people, chats with what was said in them, and the updates that the bot is still to take."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections import Counter, defaultdict
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
    refused: list[str] = field(default_factory=list)  # why calls were refused
    delivered: list[tuple[int, int]] = field(default_factory=list)  # (update id, the webhook's status)
    events: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: Any = field(default_factory=lambda: itertools.count(1000))

    @property
    def bot(self) -> dict[str, Any]:
        number = int(self.token.partition(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Advisor", "username": self.username}

    def number(self) -> int:
        return next(self._numbers)

    def said(self, chat: int) -> list[dict[str, Any]]:
        """What stands in a chat, oldest first."""
        return list(self.messages[chat].values())

    def by_bot(self, chat: int) -> list[dict[str, Any]]:
        return [one for one in self.said(chat) if one["from"]["id"] == self.bot["id"]]

    # --- what people do -------------------------------------------------------------------------------------------
    def write(self, chat: int, person: int, text: str, **more: Any) -> dict[str, Any]:
        """Somebody writes; the update that tells the bot of it."""
        message = {**self.message(chat, person, **more), "text": text}
        entities = entities_of(text)
        if entities:
            message["entities"] = entities
        return self.update(message=self.keep(message))

    def message(self, chat: int, person: int, thread: int | None = None, reply_to: int | None = None) -> dict[str, Any]:
        """The frame of a message from a person."""
        found = {
            "message_id": self.number(),
            "from": user(person),
            "chat": chat_of(chat, forum=bool(self.topics[chat])),
            "date": int(time.time()),
        }
        if thread:
            self.topics[chat].add(thread)
            found |= {"message_thread_id": thread, "is_topic_message": True}
        if chat in self.direct:
            found["direct_messages_topic"] = {"topic_id": person, "user": user(person)}
        if reply_to:
            found["reply_to_message"] = {
                key: value for key, value in self.messages[chat][reply_to].items() if key != "reply_to_message"
            }
        return found

    def keep(self, message: dict[str, Any]) -> dict[str, Any]:
        self.messages[message["chat"]["id"]][message["message_id"]] = message
        return message

    def press(self, chat: int, person: int, message: int, data: str) -> dict[str, Any]:
        """Somebody presses a button; the update. Its query waits to be answered."""
        query = f"query-{self.number()}"
        self.queries[query] = {}
        pressed = self.messages[chat][message]
        return self.update(
            callback_query={"id": query, "from": user(person), "message": pressed, "chat_instance": "1", "data": data}
        )

    def update(self, **what: Any) -> dict[str, Any]:
        """A new update, not yet on its way."""
        return {"update_id": self.number(), **what}

    def send(self, update: dict[str, Any]) -> dict[str, Any]:
        """Put an update on its way."""
        self.updates.append(update)
        self.events.set()
        return update

    # --- what the bot may reach -----------------------------------------------------------------------------------
    def require_chat(self, chat: int) -> None:
        if chat in self.moved:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.moved[chat])
        if not self.messages.get(chat):
            raise bad("chat not found")

    def require_message(self, chat: int, message: int, what: str) -> dict[str, Any]:
        found = self.messages[chat].get(message)
        if not found or what == "edit" and not found["from"]["is_bot"]:
            raise bad(f"message to {what} not found" if what == "edit" else "message to be replied not found")
        return found


def user(person: int) -> dict[str, Any]:
    return {"id": person, "is_bot": False, "first_name": f"Person {person}", "language_code": "en"}


def chat_of(chat: int, forum: bool = False) -> dict[str, Any]:
    if chat > 0:
        return {"id": chat, "type": "private", "first_name": f"Person {chat}"}
    return {"id": chat, "type": "supergroup", "title": "Study abroad", **({"is_forum": True} if forum else {})}


def entities_of(text: str) -> list[dict[str, Any]]:
    """Mentions and commands, as Telegram marks them in what people type."""
    found = [("mention", one) for one in MENTION.finditer(text)] + [
        ("bot_command", one) for one in COMMAND.finditer(text)
    ]
    spans = [(kind, one) for kind, one in found if kind != "mention" or not _inside_command(text, one)]
    return [
        {"type": kind, "offset": units(text[: one.start()]), "length": units(one.group())}
        for kind, one in sorted(spans, key=lambda pair: pair[1].start())
    ]


def _inside_command(text: str, mention: re.Match) -> bool:
    return any(one.start() < mention.start() < one.end() for one in COMMAND.finditer(text))
