"""Pressed buttons on Slack: the message under which a button stands shows what was chosen."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from channels.platform import ButtonHandler, Receive, Work
from channels.slack import NAME, texts
from channels.slack.api.client import SlackClient
from channels.slack.api.payloads import id_at, part_at, text_at, ts_at
from channels.slack.inbound import ChannelAddress
from channels.slack.rendering import CHOOSE_ID, blocks_after_choice, blocks_after_rating, rating_in, section
from channels.slack.sending import persist
from conversations.data_rights.platform_accounts import conversation_among, conversations_of
from conversations.models import Button, Conversation, Inbound
from conversations.pipeline.message_store import button_by_token
from conversations.pipeline.service import ConversationService
from core.translations import gettext as _


@dataclass(frozen=True)
class ButtonPress:
    """A pressed button, and the message under which it stands."""

    place: ChannelAddress
    action_id: str
    value: str
    ts: str
    text: str
    blocks: tuple[Mapping[str, Any], ...]
    person_name: str = ""


class InteractionHandler(ButtonHandler[ButtonPress]):
    """Acts on block actions. `receive` stores a message and returns True if it is new."""

    def __init__(self, client: SlackClient, service: ConversationService, receive: Receive) -> None:
        super().__init__(NAME, service)
        self._client, self._receive = client, receive

    async def take(self, teams: Sequence[str], body: Mapping[str, Any]) -> Work:
        """Store the effect of a press; return what remains to be told to Slack.

        `teams` are the workspaces and organisations that the call names, its own first.
        """
        press = press_in(teams[0], body) if teams else None
        if press is None:  # of a home tab or a form, which we never fill with buttons
            return None
        conversation = await self._conversation_of(press.place, teams)
        if conversation is None:
            return self._show_refused(press)
        press = replace(press, place=replace(press.place, team=conversation.address.partition(".")[0]))
        if rating := rating_in(press.action_id):
            return await self._rate(press, conversation, *rating)
        button = await self._service.store.read(button_by_token, conversation.id, press.value)
        if button is None or not press.action_id.startswith(f"{CHOOSE_ID}:"):
            return self._show_refused(press)
        return await self._act(press, conversation, button)

    async def _conversation_of(self, place: ChannelAddress, teams: Sequence[str]) -> Conversation | None:
        """Return the person's conversation at a place, under whichever of the workspaces it is stored."""
        addresses = [replace(place, team=team).address for team in teams]
        if known := await self._service.store.read(conversation_among, NAME, addresses):
            return known
        theirs = await self._service.store.read(conversations_of, NAME, place.address)
        return next((each for each in theirs if each.address.endswith(place.address[len(place.team) :])), None)

    async def _choose(self, press: ButtonPress, conversation: Conversation, button: Button) -> Work:
        await self._receive(
            Inbound(
                NAME,
                press.place.address,
                text=button.title,
                payload=button.payload,
                external_id=f"{press.place.team}:press:{button.token}",  # a second tap on a button is the same choice
                reach=press.place.reach,
                context={"ts": press.ts, "user": press.place.person},
                person_name=press.person_name,
            )
        )
        return self._update(press, blocks_after_choice(press.blocks, button.title))

    def _show_rated(self, press: ButtonPress) -> Work:
        return self._update(press, blocks_after_rating(press.blocks, _(texts.THANKS)))

    def _show_kept(self, press: ButtonPress) -> Work:
        return self._update(press, [section(_(texts.KEPT))], _(texts.KEPT))

    def _show_deleted(self, press: ButtonPress) -> Work:
        return self._update(press, [section(_(texts.DELETED))], _(texts.DELETED))

    def _update(self, press: ButtonPress, blocks: list[dict[str, Any]], text: str = "") -> Awaitable[Any]:
        """Replace the message under which the button stands."""
        update = partial(self._client.web.chat_update, channel=press.place.channel, ts=press.ts)
        return persist(partial(update, blocks=blocks, text=text or press.text))

    def _show_refused(self, press: ButtonPress) -> Awaitable[Any]:
        """Tell whoever pressed, seen by nobody else."""
        place = press.place
        say = partial(
            self._client.web.chat_postEphemeral, channel=place.channel, user=place.person, text=_(texts.NOT_YOURS)
        )
        return persist(partial(say, thread_ts=place.thread or None))


def press_in(team: str, body: Mapping[str, Any]) -> ButtonPress | None:
    """Return the press in a block_actions body; None if it names no message or has an unknown form."""
    user, channel, message = (part_at(body, key) for key in ("user", "channel", "message"))
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}
    person, place, ts = id_at(user, "id"), id_at(channel, "id"), ts_at(message, "ts")
    if not (person and place and ts and text_at(action, "action_id")):
        return None
    thread = ts_at(message, "thread_ts")
    blocks = message.get("blocks")
    return ButtonPress(
        ChannelAddress(team, person, place, thread if place.startswith("D") else thread or ts),
        action_id=text_at(action, "action_id"),
        value=text_at(action, "value"),
        ts=ts,
        text=text_at(message, "text"),
        blocks=tuple(block for block in blocks if isinstance(block, Mapping)) if isinstance(blocks, list) else (),
        person_name=text_at(user, "username") or text_at(user, "name"),
    )
