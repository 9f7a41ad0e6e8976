"""Trying the advisor: one's own conversation beside the explanation of each answer. It counts nowhere, and alerts nobody."""

from __future__ import annotations

import secrets

from starlette.responses import Response

from console.doors import Door
from console.menu import KNOWLEDGE, Place
from console.said import as_html, plain
from console.visit import PageError, Visit
from conversations.errors import TooBusy
from conversations.inbox import conversations_from, open_conversation
from conversations.records import TRY, Conversation, Inbound
from conversations.staff import ADVISER, TRAINER
from conversations.transcript import read_transcript
from conversations.turns import button_by_token

PATH = "/staff/try"
LONGEST = 2000


def doors() -> list[Door]:
    return [
        Door(PATH, show, ADVISER, menu=Place(KNOWLEDGE, "Try the advisor")),
        Door(PATH, say, ADVISER, "POST"),
        Door(f"{PATH}/anew", begin_anew, ADVISER, "POST"),
    ]


async def show(visit: Visit) -> Response:
    """The newest of one's tries."""
    current = await _current(visit)
    transcript = await visit.desk.store.read(read_transcript, current.id) if current else None
    said = transcript.said if transcript else ()
    return visit.page(
        "try-talk.html" if visit.wants_part else "try.html",
        transcript=transcript,
        conversation=current,
        offered=said[-1].message.buttons if said else (),
        revealed=True,  # what one has written oneself
        may_teach=visit.member.may(TRAINER),
        query="",
        as_html=lambda text: as_html(text, True),
        plain=lambda text: plain(text, True),
    )


async def say(visit: Visit) -> Response:
    """Say something, or press one of the buttons of the last answer, and wait for the reply."""
    current = await _current(visit)
    address = current.address if current else _address(visit)
    inbound = await _inbound(visit, current, address)
    accepted = await visit.desk.receive(inbound)
    try:
        await visit.desk.replies(accepted)
    except TooBusy:
        raise PageError("The answer is not there yet. Load the page again in a moment.") from None
    return await show(visit) if visit.wants_part else visit.go_to(PATH)


async def begin_anew(visit: Visit) -> Response:
    """A new conversation; the advisor knows nothing of what was said before."""
    await visit.desk.store.write(open_conversation, Inbound(TRY, _address(visit)))
    return visit.go_to(PATH)


async def _inbound(visit: Visit, current: Conversation | None, address: str) -> Inbound:
    token, text = visit.form.get("button", ""), visit.form.get("text", "").strip()
    if token and current:
        button = await visit.desk.store.read(button_by_token, current.id, token)
        if button is None:
            raise PageError("That choice belongs to another conversation. Load the page again.")
        return Inbound(TRY, address, text=button.title, payload=button.payload)
    if not text:
        raise PageError("Write something first.")
    if len(text) > LONGEST:
        raise PageError(f"A message has at most {LONGEST:,} characters.")
    return Inbound(TRY, address, text=text)


async def _current(visit: Visit) -> Conversation | None:
    mine = await visit.desk.store.read(conversations_from, TRY, _beginning(visit))
    return max(mine, key=lambda one: one.created_at, default=None)


def _beginning(visit: Visit) -> str:
    return f"{visit.member.id}-"


def _address(visit: Visit) -> str:
    return _beginning(visit) + secrets.token_hex(8)
