"""Calls of Slack: messages, commands and edits are stored, presses acted on, everything else is ignored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from channels.platform import PlatformHandler
from channels.slack import COMMAND, NAME, texts
from channels.slack.api.client import TROUBLE, SlackClient
from channels.slack.api.payloads import id_at, teams_in, text_at, us_in
from channels.slack.app_events import alert_kind
from channels.slack.inbound import (
    OWN_DATA,
    ChannelAddress,
    EventMessage,
    address_in,
    beginning_of,
    external_id,
    inbound_of,
    inbound_of_command,
    is_from_person,
    mentions,
    message_in,
    place_of_command,
    plain_words,
)
from channels.slack.interactions import InteractionHandler
from channels.slack.rendering import section
from channels.slack.sending import persist
from conversations.data_rights.platform_accounts import conversation_among
from conversations.handoff.alerts import raise_alert
from conversations.models import Conversation, Inbound
from conversations.pipeline.inbox import text_of
from conversations.pipeline.service import ConversationService
from conversations.pipeline.turn_dispatcher import ANSWER_WITH
from core.translations import gettext as _
from core.translations import spoken

logger = logging.getLogger(__name__)
LOOKUP_SECONDS = 1.0  # that Slack gets to say where somebody's direct messages are; it waits for us meanwhile


class EventHandler(PlatformHandler):
    """Handles calls. `home` makes the App Home's paragraphs, `language` is spoken; for the rest see PlatformHandler."""

    def __init__(
        self,
        client: SlackClient,
        service: ConversationService,
        rates: RateLimits,
        per_minute: int,
        home: Callable[[], list[str]],
        links: DownloadLinks,
        language: str,
    ) -> None:
        super().__init__(NAME, service, rates, per_minute, links)
        self._client, self._language = client, language
        with spoken(language):
            self._home = {"type": "home", "blocks": [section(paragraph) for paragraph in home()]}
        self._interactions = InteractionHandler(client, service, self.receive)

    async def take(self, body: Mapping[str, Any]) -> str:
        """Handle a call; when this returns, its effect is stored.

        Returns what the caller is told at once, seen by nobody else; mostly empty.
        """
        with spoken(self._language):
            return await self._take(body)

    async def _take(self, body: Mapping[str, Any]) -> str:
        event, teams = body.get("event"), teams_in(body)
        if text_at(body, "command") == COMMAND:
            return await self._take_command(teams, body)
        if text_at(body, "type") == "block_actions":
            self._run_aside(await self._interactions.take(teams, body))
        elif kind := alert_kind(body):
            await self._alert_staff(kind)
        elif isinstance(event, Mapping) and teams:
            await self._take_event(teams, event, us_in(body) or self._client.user_id)
        return ""

    async def _alert_staff(self, kind: str) -> None:
        """Raise an alert about the app; the same kind at most once in ten minutes."""
        if await self._service.store.write(raise_alert, kind):
            logger.error("Slack told us of trouble with the app", extra={"kind": kind})

    async def _take_event(self, teams: Sequence[str], event: Mapping[str, Any], us: str) -> None:
        kind = text_at(event, "type")
        if kind == "app_home_opened" and text_at(event, "tab") in ("home", "") and id_at(event, "user"):
            show = partial(self._client.web.views_publish, user_id=event["user"], view=self._home)
            self._run_aside(persist(show))
        elif kind in ("message", "app_mention"):
            message = message_in(event)
            if message and is_from_person(message.event, us):
                await self._take_message(teams, message, us)

    async def _take_message(self, teams: Sequence[str], message: EventMessage, us: str) -> None:
        address = address_in(teams[0], message.event)
        if address is None:
            return
        place, known = await self._stored_place(address, teams)
        before = await self._text_before(place, message)
        goes_on = before is not None or known is not None and bool(text_at(message.event, "thread_ts"))
        if not (place.is_direct or goes_on or mentions(message.event, us)):
            return
        inbound = inbound_of(place, message.event, us)
        if inbound and before is not None:
            was = before if message.before is None else plain_words(message.before, us)
            inbound = None if inbound.text == was else _anew(inbound, message.edited)
        if inbound:
            await self.receive(inbound)

    async def _stored_place(
        self, place: ChannelAddress, teams: Sequence[str]
    ) -> tuple[ChannelAddress, Conversation | None]:
        """Return a place under the workspace under which the person's conversation is stored, and that conversation if any."""
        if place.channel.startswith("D") and len(teams) == 1:
            return place, None  # it could be at no other
        addresses = [replace(place, team=team).address for team in teams]
        known = await self._service.store.read(conversation_among, NAME, addresses)
        return (replace(place, team=teams[addresses.index(known.address)]) if known else place), known

    async def _text_before(self, place: ChannelAddress, message: EventMessage) -> str | None:
        """Return the stored text of an edited message; None if it was not edited or is not stored."""
        if not message.edited:
            return None
        return await self._service.store.read(text_of, NAME, external_id(place, message.event["ts"]))

    async def _take_command(self, teams: Sequence[str], body: Mapping[str, Any]) -> str:
        place = place_of_command(teams[0] if teams else "", body)
        if place is None:
            return ""
        place, known = await self._stored_place(place, teams)
        channel = text_at(known.reach, "channel") if known else ""
        if channel.startswith("D"):
            place = replace(place, channel=channel)
        inbound = inbound_of_command(place, body)
        if inbound.context.get(ANSWER_WITH) and not await self._is_known(place.address):
            return _(texts.NOTHING_STORED)
        if inbound.context.get(ANSWER_WITH) == OWN_DATA:
            return self._own_data_text(beginning_of(place.team, place.person), without_link=_(texts.OWN_DATA_BY_HAND))
        await self.receive(inbound)
        return "" if await self._is_ours(text_at(body, "channel_id"), place) else _(texts.ANSWERED_IN_DM)

    async def _is_ours(self, channel: str, place: ChannelAddress) -> bool:
        """Return True if a channel holds the person's direct messages with us, and not with a colleague."""
        if not channel.startswith("D") or place.channel.startswith("D"):
            return channel == place.channel
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                opened = await self._client.web.conversations_open(users=place.person)
            return bool(channel == opened["channel"]["id"])
        except (*TROUBLE, KeyError, TypeError):
            return True  # they will see it soon enough, and we cannot tell


def _anew(inbound: Inbound, edited: str) -> Inbound:
    """Return an edited message as a message of its own, once for each edit."""
    context = {**inbound.context, "edited": edited}
    return replace(inbound, external_id=f"{inbound.external_id}:{edited}", context=context)
