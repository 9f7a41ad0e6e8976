"""What is done with a call of Slack's: messages and commands go to the desk, presses are acted on, all else is let go by."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from channels.slack import COMMAND, NAME, texts
from channels.slack.app_events import kind_of
from channels.slack.client import TROUBLE, SlackClient
from channels.slack.inbound import (
    OWN_DATA,
    ChannelAddress,
    Said,
    address_in,
    beginning_of,
    external_id,
    inbound_of,
    inbound_of_command,
    is_from_person,
    mentions,
    place_of_command,
    said_in,
    words_of,
)
from channels.slack.interactions import InteractionHandler
from channels.slack.payloads import id_at, teams_in, text_at, us_in
from channels.slack.rendering import section
from channels.slack.sending import persist
from conversations.data_rights.platform_accounts import conversation_among, conversations_of
from conversations.handoff.alerts import raise_alert
from conversations.models import Conversation, Inbound
from conversations.pipeline.inbox import text_of
from conversations.pipeline.service import ConversationService
from conversations.pipeline.turn_dispatcher import ANSWER_WITH

logger = logging.getLogger(__name__)
LONGEST_FINISH = 5.0  # seconds that what goes along with messages gets at the end
LONGEST_LOOK = 1.0  # seconds that Slack gets to say where somebody's direct messages are; it waits for us meanwhile


class EventHandler:
    """`most` is how many messages a minute a conversation may have, 0 for no limit; `home` the App Home's paragraphs.

    `links` lead people to their data.
    """

    def __init__(
        self,
        account: SlackClient,
        service: ConversationService,
        rates: RateLimits,
        most: int,
        home: list[str],
        links: DownloadLinks,
    ):
        self._account, self._service, self._rates, self._most, self._links = account, service, rates, most, links
        self._home = {"type": "home", "blocks": [section(paragraph) for paragraph in home]}
        self._presses = InteractionHandler(account, service, self.receive)
        self._asides: set[asyncio.Task] = set()

    async def take(self, body: Mapping[str, Any]) -> str:
        """Once this returns, what was said is written. What the one who called is told at once, seen by nobody else; or ""."""
        event, teams = body.get("event"), teams_in(body)
        if text_at(body, "command") == COMMAND:
            return await self._take_command(teams, body)
        if text_at(body, "type") == "block_actions":
            self._aside(await self._presses.take(teams, body))
        elif kind := kind_of(body):
            await self._tell_staff(kind)
        elif isinstance(event, Mapping) and teams:
            await self._take_event(teams, event, us_in(body) or self._account.user_id)
        return ""

    async def _tell_staff(self, kind: str) -> None:
        """Of what befell the app; the same thing once in ten minutes."""
        if await self._service.store.write(raise_alert, kind):
            logger.error("Slack told us of trouble with the app", extra={"kind": kind})

    async def _take_event(self, teams: Sequence[str], event: Mapping[str, Any], us: str) -> None:
        kind = text_at(event, "type")
        if kind == "app_home_opened" and text_at(event, "tab") in ("home", "") and id_at(event, "user"):
            show = partial(self._account.web.views_publish, user_id=event["user"], view=self._home)
            self._aside(persist(show))
        elif kind in ("message", "app_mention"):
            said = said_in(event)
            if said and is_from_person(said.event, us):
                await self._take_message(teams, said, us)

    async def _take_message(self, teams: Sequence[str], said: Said, us: str) -> None:
        found = address_in(teams[0], said.event)
        if found is None:
            return
        place, known = await self._home_of(found, teams)
        before = await self._text_before(place, said)
        goes_on = before is not None or known is not None and bool(text_at(said.event, "thread_ts"))
        if not (place.is_direct or goes_on or mentions(said.event, us)):
            return
        inbound = inbound_of(place, said.event, us)
        if inbound and before is not None:
            was = before if said.before is None else words_of(said.before, us)
            inbound = None if inbound.text == was else _anew(inbound, said.edited)
        if inbound:
            await self.receive(inbound)

    async def _home_of(self, place: ChannelAddress, teams: Sequence[str]) -> tuple[ChannelAddress, Conversation | None]:
        """The place under the name under which somebody talks to us there already, if they do; and that conversation."""
        if place.channel.startswith("D") and len(teams) == 1:
            return place, None  # it could be at no other
        addresses = [replace(place, team=team).address for team in teams]
        known = await self._service.store.read(conversation_among, NAME, addresses)
        return (replace(place, team=teams[addresses.index(known.address)]) if known else place), known

    async def _text_before(self, place: ChannelAddress, said: Said) -> str | None:
        """What we have of a message that was edited; None where it was not, or we have none of it."""
        if not said.edited:
            return None
        return await self._service.store.read(text_of, NAME, external_id(place, said.event["ts"]))

    async def _take_command(self, teams: Sequence[str], body: Mapping[str, Any]) -> str:
        place = place_of_command(teams[0] if teams else "", body)
        if place is None:
            return ""
        place, known = await self._home_of(place, teams)
        channel = text_at(known.reach, "channel") if known else ""
        if channel.startswith("D"):
            place = replace(place, channel=channel)
        inbound = inbound_of_command(place, body)
        if inbound.context.get(ANSWER_WITH) and not await self._is_known(place):
            return texts.NOTHING_STORED
        if inbound.context.get(ANSWER_WITH) == OWN_DATA:
            return self._own_data(beginning_of(place.team, place.person))
        await self.receive(inbound)
        return "" if await self._is_ours(text_at(body, "channel_id"), place) else texts.ANSWERED_IN_DM

    async def _is_ours(self, channel: str, place: ChannelAddress) -> bool:
        """Whether a channel is where we and a person write each other; another one may be theirs with a colleague."""
        if not channel.startswith("D") or place.channel.startswith("D"):
            return channel == place.channel
        try:
            async with asyncio.timeout(LONGEST_LOOK):
                opened = await self._account.web.conversations_open(users=place.person)
            return channel == opened["channel"]["id"]
        except (*TROUBLE, KeyError, TypeError):
            return True  # they will see it soon enough, and we cannot tell

    def _own_data(self, beginning: str) -> str:
        """A link to what is stored, seen by the one who asked and by nobody else, and not kept."""
        link = self._links.to(NAME, beginning)
        return texts.OWN_DATA.format(link=link) if link else texts.OWN_DATA_BY_HAND

    async def _is_known(self, place: ChannelAddress) -> bool:
        return bool(await self._service.store.read(conversations_of, NAME, place.address))

    async def receive(self, inbound: Inbound) -> bool:
        """Hand it to the desk; whether it was new."""
        within = await self._rates.within(self._most, NAME, inbound.address)
        return not (await self._service.receive(inbound, too_fast=not within)).again

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


def _anew(inbound: Inbound, edited: str) -> Inbound:
    """An edited message as a message of its own, once for each edit."""
    context = {**inbound.context, "edited": edited}
    return replace(inbound, external_id=f"{inbound.external_id}:{edited}", context=context)
