"""The playground: members talk with the advisor and see why it answers; these conversations count in no figure."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from console.translations.numbers import number
from console.web.context import ConsoleContext
from console.web.message_html import as_html, plain, quoted
from console.web.request import PageError, StaffRequest
from console.web.routing import KNOWLEDGE, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.errors import TooBusy
from conversations.models import TRY, Conversation, Inbound
from conversations.pipeline.inbox import conversations_from, open_conversation
from conversations.pipeline.message_store import button_by_token
from conversations.review.transcript import read_transcript
from core.translations import gettext as _

PATH = "/staff/try"
MAX_LENGTH = 2000  # of a message, in characters


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, ADVISER, menu=MenuItem(KNOWLEDGE, "Try the advisor")),
        StaffRoute(PATH, send, ADVISER, "POST"),
        StaffRoute(f"{PATH}/anew", start_over, ADVISER, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Show the member's newest conversation with the advisor."""
    conversation = await _current(request)
    transcript = await request.service.store.read(read_transcript, conversation.id) if conversation else None
    entries = transcript.said if transcript else ()
    return request.page(
        "playground-transcript.html" if request.wants_fragment else "playground.html",
        transcript=transcript,
        conversation=conversation,
        offered=entries[-1].message.buttons if entries else (),
        revealed=True,  # the member wrote it
        may_teach=request.member.may(TRAINER),
        query="",
        as_html=lambda text: as_html(text, True),
        plain=lambda text: plain(text, True),
        quoted=lambda words, text: quoted(words, text, True),
    )


async def send(request: StaffRequest) -> Response:
    """Send a message, or a button of the last reply, and wait for the reply."""
    inbound = await _inbound(request, await _current(request))
    accepted = await request.service.receive(inbound)
    try:
        await request.service.wait_for_replies(accepted)
    except TooBusy:
        raise PageError(_("The answer is not there yet. Load the page again in a moment.")) from None
    return await show(request) if request.wants_fragment else request.redirect(PATH)


async def start_over(request: StaffRequest) -> Response:
    """Open a new conversation, in which the advisor remembers nothing of the last."""
    await request.service.store.write(open_conversation, Inbound(TRY, _new_address(request), pack=request.pack))
    return request.redirect(PATH)


async def _inbound(request: StaffRequest, conversation: Conversation | None) -> Inbound:
    """Return the message that the form holds, in the conversation or, without a conversation, in a new one."""
    address = conversation.address if conversation else _new_address(request)
    token, text = request.form.get("button", ""), request.form.get("text", "").strip()
    if token and conversation:
        button = await request.service.store.read(button_by_token, conversation.id, token)
        if button is None:
            raise PageError(_("That choice belongs to another conversation. Load the page again."))
        return Inbound(TRY, address, text=button.title, payload=button.payload, pack=request.pack)
    if not text:
        raise PageError(_("Write something first."))
    if len(text) > MAX_LENGTH:
        raise PageError(_("A message has at most %(max_length)s characters.") % {"max_length": number(MAX_LENGTH)})
    return Inbound(TRY, address, text=text, pack=request.pack)


async def _current(request: StaffRequest) -> Conversation | None:
    own = await request.service.store.read(conversations_from, TRY, _address_prefix(request))
    own = [each for each in own if each.pack == request.pack]
    return max(own, key=lambda conversation: conversation.created_at, default=None)


def _address_prefix(request: StaffRequest) -> str:
    return f"{request.member.id}-"


def _new_address(request: StaffRequest) -> str:
    return _address_prefix(request) + secrets.token_hex(8)
