"""One conversation: its transcript with why, and what staff note about it."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from console.views.inbox import conversation_list
from console.views.inbox.handoff import HandoffPages
from console.web.message_html import as_html, plain
from console.web.request import PageError, StaffRequest, number_in
from conversations import erasure, pii
from conversations.accounts.accounts import ADMIN, ADVISER, TRAINER
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.review import annotation
from conversations.review.filters import Filters
from conversations.review.listing import next_unreviewed
from conversations.review.transcript import Transcript, read_transcript

PARTS = {"talk": "talk.html", "notes": "notes.html", "facts": "facts.html"}  # of the page, renewed by themselves
GONE = "There is no such conversation. It may have been deleted, by its owner or because it was kept long enough."


async def show(hand_over: HandoffPages, request: StaffRequest) -> Response:
    """The transcript, and what can be done about the conversation. `before` is a message's number: older ones are shown."""
    transcript = await _transcript(request, before=number_in(request.asked, "before"))
    part = PARTS.get(request.asked.get("part", "")) if request.wants_part else None
    about = {} if part or not request.member.may(ADVISER) else await hand_over.about(request)
    return await _page(request, transcript, part or "conversation.html", **about)


async def print_view(request: StaffRequest) -> Response:
    """All of it on paper: every message, covered."""
    transcript = await _transcript(request, at_once=None)
    return await _page(request, transcript, "print.html")


async def reveal(request: StaffRequest) -> Response:
    """The same page with personal data shown. Who asked for it is noted first."""
    conversation_id = request.part("conversation")
    transcript = await _transcript(request, before=number_in(request.form, "before"))
    await request.service.store.write(
        erasure.record_audit, request.member.name, "revealed personal data", conversation_id
    )
    return await _page(request, transcript, "conversation.html", revealed=True)


async def add_note(request: StaffRequest) -> Response:
    return await _noted(request, annotation.add_note, request.member.name, request.form.get("text", ""))


async def remove_note(request: StaffRequest) -> Response:
    return await _noted(request, annotation.remove_note, request.member.name, number_in(request.form, "note") or 0)


async def add_tag(request: StaffRequest) -> Response:
    return await _noted(request, annotation.add_tag, request.member.name, request.form.get("tag", ""))


async def remove_tag(request: StaffRequest) -> Response:
    return await _noted(request, annotation.remove_tag, request.form.get("tag", ""))


async def set_flag(request: StaffRequest) -> Response:
    return await _noted(request, annotation.set_flag, request.member.name, request.form.get("on") == "yes")


async def set_reviewed(request: StaffRequest) -> Response:
    """Mark it reviewed (or not) and, with `next`, go to the next one of the list that is not."""
    if request.form.get("next") != "yes":
        return await _noted(request, annotation.set_reviewed, request.member.name, request.form.get("on") == "yes")
    conversation_id, filters = request.part("conversation"), _filters(request)
    await request.service.store.write(_on_existing, conversation_id, annotation.set_reviewed, request.member.name, True)
    onward = await request.service.store.read(next_unreviewed, filters, conversation_id)
    if onward is None:
        return request.go_to(conversation_list.back_to(filters) + ("&" if filters.query else "?") + "done=yes")
    return request.go_to(_address(onward, filters))


async def forget(request: StaffRequest) -> Response:
    """Delete a conversation everywhere; the page asked twice."""
    if request.form.get("sure") != "yes":
        raise PageError("Tick the box first: a deleted conversation cannot be brought back.")
    if not await request.service.erase(request.part("conversation"), request.member.name):
        raise PageError(GONE, 404)
    return request.go_to(conversation_list.back_to(_filters(request)))


async def _noted(request: StaffRequest, change, *args) -> Response:
    """Change what is noted; htmx gets the notes anew, a browser the page."""
    conversation_id = request.part("conversation")
    try:
        await request.service.store.write(_on_existing, conversation_id, change, *args)
    except annotation.AnnotationError as error:
        raise PageError(str(error)) from None
    if not request.wants_part:
        return request.go_to(_address(conversation_id, _filters(request)))
    return await _page(request, await _transcript(request), "notes.html")


def _on_existing(connection: Connection, conversation_id: str, change, *args) -> None:
    if find_conversation(connection, conversation_id) is None:
        raise PageError(GONE, 404)
    change(connection, conversation_id, *args)


async def _transcript(request: StaffRequest, **how) -> Transcript:
    transcript = await request.service.store.read(read_transcript, request.part("conversation"), **how)
    if transcript is None:
        raise PageError(GONE, 404)
    return transcript


async def _page(
    request: StaffRequest, transcript: Transcript, template: str, revealed: bool = False, **hand_over: Any
) -> Response:
    filters = _filters(request)
    used = await request.service.store.read(annotation.distinct_values, schema.tag.c.name)
    offered = await request.service.store.read(annotation.distinct_values, schema.known_tag.c.name)
    tags = sorted({*used, *offered})
    return request.page(
        template,
        transcript=transcript,
        may_talk=bool(hand_over),
        **{"conversation": transcript.conversation, **hand_over},
        noted=transcript.annotations,
        known_tags=[one for one in tags if one not in transcript.annotations.tags],
        query=urlencode(filters.query),
        back=conversation_list.back_to(filters),
        revealed=revealed,
        covered=0 if revealed else await asyncio.to_thread(_covered, transcript),
        may_note=request.member.may(ADVISER),
        may_teach=request.member.may(TRAINER),
        may_forget=request.member.may(ADMIN),
        as_html=lambda text: as_html(text, revealed),
        plain=lambda text: plain(text, revealed),
    )


def _covered(transcript: Transcript) -> int:
    """How many messages and contacts on the page hold something that is covered."""
    texts = [one.message.text for one in transcript.said] + [f"{one.contact} {one.text}" for one in transcript.contacts]
    return sum(pii.has_personal_data(text) for text in texts)


def _filters(request: StaffRequest) -> Filters:
    """Those of the list that the reader came from."""
    return conversation_list.filters_in(request.asked)


def _address(conversation_id: str, filters: Filters) -> str:
    return f"{conversation_list.PATH}/{conversation_id}" + (f"?{urlencode(filters.query)}" if filters.query else "")
