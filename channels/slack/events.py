"""What is done with a call of Slack's: messages and commands go to the desk, presses are acted on, all else is let go by."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any

from channels.http import Rates
from channels.own_data import Links
from channels.slack import COMMAND, NAME, words
from channels.slack.account import Account
from channels.slack.arrivals import (
    OWN_DATA,
    Place,
    beginning_of,
    inbound_of,
    inbound_of_command,
    is_from_person,
    mentions,
    place_of,
    team_of,
    text_at,
    us_in,
)
from channels.slack.presses import Presses
from channels.slack.rendering import section
from channels.slack.sending import persist
from conversations.answering import ANSWER_WITH
from conversations.desk import Desk
from conversations.inbox import conversation_at, conversations_from
from conversations.records import Inbound

LONGEST_FINISH = 5.0  # seconds that what goes along with messages gets at the end


class Events:
    """`most` is how many messages a minute a conversation may have, 0 for no limit; `home` the App Home's paragraphs.

    `links` lead people to their data.
    """

    def __init__(self, account: Account, desk: Desk, rates: Rates, most: int, home: list[str], links: Links):
        self._account, self._desk, self._rates, self._most, self._links = account, desk, rates, most, links
        self._home = {"type": "home", "blocks": [section(paragraph) for paragraph in home]}
        self._presses = Presses(account, desk, self.receive)
        self._asides: set[asyncio.Task] = set()

    async def take(self, body: Mapping[str, Any]) -> str:
        """Once this returns, what was said is written. What the one who called is told at once, seen by nobody else; or ""."""
        event, team = body.get("event"), team_of(body)
        if text_at(body, "command") == COMMAND:
            return await self._take_command(body)
        if text_at(body, "type") == "block_actions":
            self._aside(await self._presses.take(team, body))
        elif isinstance(event, Mapping):
            await self._take_event(team, event, us_in(body) or self._account.user_id)
        return ""

    async def _take_event(self, team: str, event: Mapping[str, Any], us: str) -> None:
        kind = text_at(event, "type")
        if kind == "app_home_opened" and text_at(event, "tab") in ("home", "") and text_at(event, "user"):
            show = partial(self._account.web.views_publish, user_id=event["user"], view=self._home)
            self._aside(persist(show))
        elif kind in ("message", "app_mention") and is_from_person(event):
            await self._take_message(team, event, us)

    async def _take_message(self, team: str, event: Mapping[str, Any], us: str) -> None:
        place = place_of(team, event)
        if place and (place.is_direct or mentions(event, us) or await self._goes_on(place, event)):
            inbound = inbound_of(place, event, us)
            if inbound:
                await self.receive(inbound)

    async def _goes_on(self, place: Place, event: Mapping[str, Any]) -> bool:
        """Whether somebody writes on in a thread in which they have talked to us."""
        if not text_at(event, "thread_ts"):
            return False
        return await self._desk.store.read(conversation_at, NAME, place.address) is not None

    async def _take_command(self, body: Mapping[str, Any]) -> str:
        inbound = inbound_of_command(body)
        if inbound is None:
            return ""
        if inbound.context.get(ANSWER_WITH) and not await self._is_known(body):
            return words.NOTHING_STORED
        if inbound.context.get(ANSWER_WITH) == OWN_DATA:
            return self._own_data(beginning_of(team_of(body), text_at(body, "user_id")))
        await self.receive(inbound)
        return "" if text_at(body, "channel_id").startswith("D") else words.ANSWERED_IN_DM

    def _own_data(self, beginning: str) -> str:
        """A link to what is stored, seen by the one who asked and by nobody else, and not kept."""
        link = self._links.to(NAME, beginning)
        return words.OWN_DATA.format(link=link) if link else words.OWN_DATA_BY_HAND

    async def _is_known(self, body: Mapping[str, Any]) -> bool:
        beginning = beginning_of(team_of(body), text_at(body, "user_id"))
        return bool(await self._desk.store.read(conversations_from, NAME, beginning))

    async def receive(self, inbound: Inbound) -> bool:
        """Hand it to the desk; whether it was new."""
        within = await self._rates.within(self._most, NAME, inbound.address)
        return not (await self._desk.receive(inbound, too_fast=not within)).again

    async def finish(self) -> None:
        """Wait for what goes along with messages: choices shown, the home published."""
        if self._asides:
            await asyncio.wait(self._asides, timeout=LONGEST_FINISH)

    def _aside(self, work: Awaitable[Any] | None) -> None:
        """Nobody waits for it: Slack gets its 200 now."""
        if work is not None:
            task = asyncio.ensure_future(work)
            self._asides.add(task)
            task.add_done_callback(self._asides.discard)
