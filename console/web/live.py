"""Tells open pages that something happened, by server-sent events; the pages then ask for what they show."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse
from starlette.responses import Response

from console.web.request import StaffRequest
from conversations.accounts import sessions
from conversations.models import VISITOR
from conversations.pipeline.events import ALL_CONVERSATIONS, TYPING, Event

CALM = 1.0  # seconds: what happens in such a time is told once
PING = 25  # seconds between signs of life
LOOK = 5.0  # seconds after which a page whose session was signed out hears nothing more, if nothing happens before
LONGEST = 3600  # seconds; then the browser connects again, and whether it may is looked at again


async def live(request: StaffRequest) -> Response:
    """The event `news` whenever something happened in any conversation, or in the one that `of` names.

    Of one alone also `typing`, whose data say whether its visitor is.
    """
    watched = request.asked.get("of", ALL_CONVERSATIONS)
    response = EventSourceResponse(_events(request, watched), ping=PING)
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(request: StaffRequest, watched: str) -> AsyncIterator[dict[str, str]]:
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST
    with request.service.events.subscribe(watched) as notices:
        yield {"event": "ready", "data": "1"}
        while loop.time() < end:
            notice = await _next(notices)
            if not await request.service.store.read(sessions.is_open, request.session.id):
                return
            if notice is None:
                continue
            if notice.kind == TYPING:
                if watched and notice.who == VISITOR:
                    yield {"event": "typing", "data": "on" if notice.on else "off"}
                continue
            await asyncio.sleep(CALM)
            _drain(notices)
            yield {"event": "news", "data": notice.conversation_id}


async def _next(notices: asyncio.Queue[Event]) -> Event | None:
    """None where nothing happened for a while."""
    try:
        async with asyncio.timeout(LOOK):
            return await notices.get()
    except TimeoutError:
        return None


def _drain(notices: asyncio.Queue[Event]) -> None:
    while not notices.empty():
        notices.get_nowait()
