"""Trying the advisor: one's own conversation beside the explanation of each answer. It counts nowhere, and alerts nobody."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from console.web.message_html import as_html, plain
from console.web.navigation import KNOWLEDGE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.errors import TooBusy
from conversations.models import TRY, Conversation, Inbound
from conversations.pipeline.inbox import conversations_from, open_conversation
from conversations.pipeline.message_store import button_by_token
from conversations.review.transcript import read_transcript

PATH = "/staff/try"
LONGEST = 2000


def routes() -> list[StaffRoute]:
    return [
        StaffRoute(PATH, show, ADVISER, menu=MenuItem(KNOWLEDGE, "Try the advisor")),
        StaffRoute(PATH, say, ADVISER, "POST"),
        StaffRoute(f"{PATH}/anew", begin_anew, ADVISER, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """The newest of one's tries."""
    current = await _current(request)
    transcript = await request.service.store.read(read_transcript, current.id) if current else None
    said = transcript.said if transcript else ()
    return request.page(
        "try-talk.html" if request.wants_part else "try.html",
        transcript=transcript,
        conversation=current,
        offered=said[-1].message.buttons if said else (),
        revealed=True,  # what one has written oneself
        may_teach=request.member.may(TRAINER),
        query="",
        as_html=lambda text: as_html(text, True),
        plain=lambda text: plain(text, True),
    )


async def say(request: StaffRequest) -> Response:
    """Say something, or press one of the buttons of the last answer, and wait for the reply."""
    current = await _current(request)
    address = current.address if current else _address(request)
    inbound = await _inbound(request, current, address)
    accepted = await request.service.receive(inbound)
    try:
        await request.service.wait_for_replies(accepted)
    except TooBusy:
        raise PageError("The answer is not there yet. Load the page again in a moment.") from None
    return await show(request) if request.wants_part else request.go_to(PATH)


async def begin_anew(request: StaffRequest) -> Response:
    """A new conversation; the advisor knows nothing of what was said before."""
    await request.service.store.write(open_conversation, Inbound(TRY, _address(request)))
    return request.go_to(PATH)


async def _inbound(request: StaffRequest, current: Conversation | None, address: str) -> Inbound:
    token, text = request.form.get("button", ""), request.form.get("text", "").strip()
    if token and current:
        button = await request.service.store.read(button_by_token, current.id, token)
        if button is None:
            raise PageError("That choice belongs to another conversation. Load the page again.")
        return Inbound(TRY, address, text=button.title, payload=button.payload)
    if not text:
        raise PageError("Write something first.")
    if len(text) > LONGEST:
        raise PageError(f"A message has at most {LONGEST:,} characters.")
    return Inbound(TRY, address, text=text)


async def _current(request: StaffRequest) -> Conversation | None:
    mine = await request.service.store.read(conversations_from, TRY, _beginning(request))
    return max(mine, key=lambda one: one.created_at, default=None)


def _beginning(request: StaffRequest) -> str:
    return f"{request.member.id}-"


def _address(request: StaffRequest) -> str:
    return _beginning(request) + secrets.token_hex(8)
