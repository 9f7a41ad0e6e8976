"""Server-sent events for open pages: they say that something happened, and the page then loads what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from sse_starlette import EventSourceResponse
from starlette.responses import Response

from console.web.request import StaffRequest
from conversations.accounts import sessions
from conversations.models import VISITOR
from conversations.pipeline.events import ALL_CONVERSATIONS, TYPING, Event

QUIET_SECONDS = 1.0  # events within this time are reported once
PING_SECONDS = 25
SESSION_CHECK_SECONDS = 5.0  # without an event, how soon a stream ends after its session was signed out
MAX_SECONDS = 3600  # then the browser connects again, and its permission is checked again


async def live(request: StaffRequest) -> Response:
    """Stream the event `news` whenever something happened in any conversation.

    With `also`, the id of a conversation, the stream has `said` whenever something happened in that one, and `typing`
    with the data "on" or "off": its visitor is typing or has stopped.
    With `since`, the position of the events when the page was made, it begins with `news` if there were more meanwhile:
    before the stream was open, or while the connection was broken.
    """
    response = EventSourceResponse(_events(request, request.query.get("also", "")), ping=PING_SECONDS)
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def _events(request: StaffRequest, also: str) -> AsyncIterator[dict[str, str]]:
    loop = asyncio.get_running_loop()
    end = loop.time() + MAX_SECONDS
    with request.service.events.subscribe(ALL_CONVERSATIONS) as queue:
        yield {"event": "ready", "data": "1"}
        if request.query.get("since", "") not in ("", request.service.events.position):
            yield {"event": "news", "data": "1"}
            if also:
                yield {"event": "said", "data": also}
        while loop.time() < end:
            event = await _next(queue)
            if not await request.service.store.read(sessions.is_open, request.session.id):
                return
            if event is None:
                continue
            events = [event]
            if event.kind != TYPING:
                await asyncio.sleep(QUIET_SECONDS)
                events += [queue.get_nowait() for _ in range(queue.qsize())]
                yield {"event": "news", "data": event.conversation_id}
            happened = {each.conversation_id for each in events if each.kind != TYPING}
            if also and not happened.isdisjoint((also, ALL_CONVERSATIONS)):  # any may have changed, after lost events
                yield {"event": "said", "data": also}
            for typing in events:  # last, as a page that is told of words takes them for what was being typed
                if typing.kind == TYPING and typing.conversation_id == also and typing.who == VISITOR:
                    yield {"event": "typing", "data": "on" if typing.on else "off"}


async def _next(queue: asyncio.Queue[Event]) -> Event | None:
    """Return the next event, or None if there was none within SESSION_CHECK_SECONDS."""
    try:
        async with asyncio.timeout(SESSION_CHECK_SECONDS):
            return await queue.get()
    except TimeoutError:
        return None
