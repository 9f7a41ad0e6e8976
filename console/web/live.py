"""Server-sent events for open pages: they say that something happened, and the page then loads what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator

from sse_starlette import EventSourceResponse
from starlette.responses import Response

from console.web.request import StaffRequest
from conversations.accounts import presence, sessions
from conversations.models import VISITOR
from conversations.pipeline.events import ABOUT_STAFF, ALL_CONVERSATIONS, NOTIFIED, PRESENCE, TYPING, Event

QUIET_SECONDS = 1.0  # events within this time are reported once
PING_SECONDS = 25
SEEN_SECONDS = 60.0  # between two notes that somebody has a page open
SESSION_CHECK_SECONDS = 5.0  # without an event, how soon a stream ends after its session was signed out
MAX_SECONDS = 3600  # then the browser connects again, and its permission is checked again


async def live(request: StaffRequest) -> Response:
    """Stream the event `news` whenever something happened in any conversation, and `presence` if a colleague came or is away.

    `notified` says that the notifications of whoever is signed in have changed.

    While it is open, whoever is signed in is noted as seen.
    With `also`, the id of a conversation, the stream has `said` whenever something happened in that one, and `typing`
    with the data "on" or "off": its visitor is typing or has stopped.
    With `since`, the position of the events when the page was made, it begins with `news` if there were more meanwhile:
    before the stream was open, or while the connection was broken.
    """
    response = EventSourceResponse(_events(request, request.query.get("also", "")), ping=PING_SECONDS)
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def note_seen(request: StaffRequest) -> None:
    """Note that whoever is signed in has a page open, and tell colleagues' pages if they were not there before."""
    if not presence.is_stale(request.member):
        return
    came = presence.presence_of(request.member) == presence.GONE
    if await request.service.store.write(presence.touch, request.member.id) and came:
        request.service.publish_presence(request.member.name)


async def _events(request: StaffRequest, also: str) -> AsyncIterator[dict[str, str]]:
    loop = asyncio.get_running_loop()
    end, seen_again = loop.time() + MAX_SECONDS, loop.time() + SEEN_SECONDS
    with request.service.events.subscribe(ALL_CONVERSATIONS) as queue:
        yield {"event": "ready", "data": "1"}
        await note_seen(request)
        if request.query.get("since", "") not in ("", request.service.events.position):
            yield {"event": "news", "data": "1"}
            if also:
                yield {"event": "said", "data": also}
        while loop.time() < end:
            if loop.time() >= seen_again:
                seen_again = loop.time() + SEEN_SECONDS
                await request.service.store.write(presence.touch, request.member.id)
            event = await _next(queue)
            events = [event] if event else []
            if event and event.kind != TYPING:
                await asyncio.sleep(QUIET_SECONDS)
                events += [queue.get_nowait() for _ in range(queue.qsize())]
            if not await request.service.store.read(sessions.is_open, request.session.id):
                return
            for told in _of_staff(events, request.member.name):
                yield told
            happened = {each.conversation_id for each in events if each.kind not in (TYPING, *ABOUT_STAFF)}
            if happened:
                yield {"event": "news", "data": next(iter(happened))}
            if also and not happened.isdisjoint((also, ALL_CONVERSATIONS)):  # any may have changed, after lost events
                yield {"event": "said", "data": also}
            for typing in events:  # last, as a page that is told of words takes them for what was being typed
                if typing.kind == TYPING and typing.conversation_id == also and typing.who == VISITOR:
                    yield {"event": "typing", "data": "on" if typing.on else "off"}


def _of_staff(events: Iterable[Event], account: str) -> Iterator[dict[str, str]]:
    """Yield what a page of this account is told of events about staff."""
    if any(each.kind == PRESENCE for each in events):
        yield {"event": "presence", "data": "1"}
    if any(each.kind == NOTIFIED and each.who == account for each in events):
        yield {"event": "notified", "data": "1"}


async def _next(queue: asyncio.Queue[Event]) -> Event | None:
    """Return the next event, or None if there was none within SESSION_CHECK_SECONDS."""
    try:
        async with asyncio.timeout(SESSION_CHECK_SECONDS):
            return await queue.get()
    except TimeoutError:
        return None
