"""Pressed buttons: choices become messages, thumbs feedback, deleting is done here. The pressed message then shows it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from channels.slack import NAME, texts
from channels.slack.client import SlackClient
from channels.slack.inbound import ChannelAddress
from channels.slack.payloads import id_at, part_at, text_at, ts_at
from channels.slack.rendering import CHOOSE_ID, chosen, rated, rating_in, section
from channels.slack.sending import persist
from conversations.data_rights.platform_accounts import conversation_among, conversations_of
from conversations.learning.feedback import record_feedback
from conversations.models import Button, Conversation, Inbound
from conversations.pipeline.message_store import button_by_token, find_reply
from conversations.pipeline.service import ConversationService
from conversations.pipeline.system_messages import DELETE_ALL, DELETE_NOTHING

Receive = Callable[[Inbound], Awaitable[bool]]
Work = Awaitable[Any] | None


@dataclass(frozen=True)
class ButtonPress:
    """A button that somebody pressed, and the message under which it stands."""

    place: ChannelAddress
    action_id: str
    value: str
    ts: str
    text: str
    blocks: tuple[Mapping[str, Any], ...]
    person_name: str = ""


class InteractionHandler:
    """`receive` hands a message to the desk and says whether it was new."""

    def __init__(self, account: SlackClient, service: ConversationService, receive: Receive):
        self._account, self._service, self._receive = account, service, receive

    async def take(self, teams: Sequence[str], body: Mapping[str, Any]) -> Work:
        """Write what was pressed; what remains to be told to Slack is given back, to be awaited at leisure."""
        press = press_in(teams[0], body) if teams else None
        if press is None:  # of a home tab or a form, which we never fill with buttons
            return None
        conversation = await self._pressed_in(press.place, teams)
        if conversation is None:
            return self._not_theirs(press)
        press = replace(press, place=replace(press.place, team=conversation.address.partition(".")[0]))
        if rating := rating_in(press.action_id):
            return await self._rated(press, conversation, *rating)
        button = await self._service.store.read(button_by_token, conversation.id, press.value)
        if button is None or not press.action_id.startswith(f"{CHOOSE_ID}:"):
            return self._not_theirs(press)
        if button.payload in (DELETE_ALL, DELETE_NOTHING):
            return await self._deleted(press, button.payload == DELETE_ALL)
        return await self._chosen(press, button)

    async def _pressed_in(self, place: ChannelAddress, teams: Sequence[str]) -> Conversation | None:
        """The person's conversation there, under whichever workspace it is kept."""
        addresses = [replace(place, team=team).address for team in teams]
        if known := await self._service.store.read(conversation_among, NAME, addresses):
            return known
        theirs = await self._service.store.read(conversations_of, NAME, place.address)
        return next((one for one in theirs if one.address.endswith(place.address[len(place.team) :])), None)

    async def _chosen(self, press: ButtonPress, button: Button) -> Work:
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
        return self._shown(press, chosen(press.blocks, button.title))

    async def _rated(self, press: ButtonPress, conversation: Conversation, value: int, message_id: int) -> Work:
        if await self._service.store.read(find_reply, conversation.id, message_id) is None:
            return self._not_theirs(press)
        await self._service.store.write(record_feedback, conversation.id, message_id, value)
        return self._shown(press, rated(press.blocks, texts.THANKS))

    async def _deleted(self, press: ButtonPress, everything: bool) -> Work:
        """All conversations of the person, in direct messages and in every channel."""
        if not everything:
            return self._shown(press, [section(texts.KEPT)], texts.KEPT)
        for one in await self._service.store.read(conversations_of, NAME, press.place.address):
            await self._service.erase(one.id, "visitor")
        return self._shown(press, [section(texts.DELETED)], texts.DELETED)

    def _shown(self, press: ButtonPress, blocks: list[dict[str, Any]], text: str = "") -> Awaitable[Any]:
        """The message as it is from now on."""
        where = {"channel": press.place.channel, "ts": press.ts}
        return persist(partial(self._account.web.chat_update, **where, blocks=blocks, text=text or press.text))

    def _not_theirs(self, press: ButtonPress) -> Awaitable[Any]:
        """Told to the one who pressed, and seen by nobody else."""
        place = press.place
        say = partial(
            self._account.web.chat_postEphemeral, channel=place.channel, user=place.person, text=texts.NOT_YOURS
        )
        return persist(partial(say, thread_ts=place.thread or None))


def press_in(team: str, body: Mapping[str, Any]) -> ButtonPress | None:
    """What a block_actions body says; None where it is of no message, or of no shape that we know."""
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
        blocks=tuple(one for one in blocks if isinstance(one, Mapping)) if isinstance(blocks, list) else (),
        person_name=text_at(user, "username") or text_at(user, "name"),
    )
