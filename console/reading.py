"""One conversation: its transcript with why, and what staff note about it."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from console import listing
from console.handover import HandOver
from console.said import as_html, plain
from console.visit import PageError, Visit, number_in
from conversations import masking, privacy, review, tables
from conversations.filters import Filters
from conversations.finding import following
from conversations.rows import find_conversation
from conversations.staff import ADMIN, ADVISER, TRAINER
from conversations.transcript import Transcript, read_transcript

PARTS = {"talk": "talk.html", "notes": "notes.html", "facts": "facts.html"}  # of the page, renewed by themselves
GONE = "There is no such conversation. It may have been deleted, by its owner or because it was kept long enough."


async def show(hand_over: HandOver, visit: Visit) -> Response:
    """The transcript, and what can be done about the conversation. `before` is a message's number: older ones are shown."""
    transcript = await _transcript(visit, before=number_in(visit.asked, "before"))
    part = PARTS.get(visit.asked.get("part", "")) if visit.wants_part else None
    about = {} if part or not visit.member.may(ADVISER) else await hand_over.about(visit)
    return await _page(visit, transcript, part or "conversation.html", **about)


async def print_view(visit: Visit) -> Response:
    """All of it on paper: every message, covered."""
    transcript = await _transcript(visit, at_once=None)
    return await _page(visit, transcript, "print.html")


async def reveal(visit: Visit) -> Response:
    """The same page with personal data shown. Who asked for it is noted first."""
    conversation_id = visit.part("conversation")
    transcript = await _transcript(visit, before=number_in(visit.form, "before"))
    await visit.desk.store.write(privacy.note, visit.member.name, "revealed personal data", conversation_id)
    return await _page(visit, transcript, "conversation.html", revealed=True)


async def add_note(visit: Visit) -> Response:
    return await _noted(visit, review.add_note, visit.member.name, visit.form.get("text", ""))


async def remove_note(visit: Visit) -> Response:
    return await _noted(visit, review.remove_note, visit.member.name, number_in(visit.form, "note") or 0)


async def add_tag(visit: Visit) -> Response:
    return await _noted(visit, review.add_tag, visit.member.name, visit.form.get("tag", ""))


async def remove_tag(visit: Visit) -> Response:
    return await _noted(visit, review.remove_tag, visit.form.get("tag", ""))


async def set_flag(visit: Visit) -> Response:
    return await _noted(visit, review.set_flag, visit.member.name, visit.form.get("on") == "yes")


async def set_reviewed(visit: Visit) -> Response:
    """Mark it reviewed (or not) and, with `next`, go to the next one of the list that is not."""
    if visit.form.get("next") != "yes":
        return await _noted(visit, review.set_reviewed, visit.member.name, visit.form.get("on") == "yes")
    conversation_id, filters = visit.part("conversation"), _filters(visit)
    await visit.desk.store.write(_on_existing, conversation_id, review.set_reviewed, visit.member.name, True)
    onward = await visit.desk.store.read(following, filters, conversation_id)
    if onward is None:
        return visit.go_to(listing.back_to(filters) + ("&" if filters.query else "?") + "done=yes")
    return visit.go_to(_address(onward, filters))


async def forget(visit: Visit) -> Response:
    """Delete a conversation everywhere; the page asked twice."""
    if visit.form.get("sure") != "yes":
        raise PageError("Tick the box first: a deleted conversation cannot be brought back.")
    if not await visit.desk.forget(visit.part("conversation"), visit.member.name):
        raise PageError(GONE, 404)
    return visit.go_to(listing.back_to(_filters(visit)))


async def _noted(visit: Visit, change, *args) -> Response:
    """Change what is noted; htmx gets the notes anew, a browser the page."""
    conversation_id = visit.part("conversation")
    try:
        await visit.desk.store.write(_on_existing, conversation_id, change, *args)
    except review.ReviewError as error:
        raise PageError(str(error)) from None
    if not visit.wants_part:
        return visit.go_to(_address(conversation_id, _filters(visit)))
    return await _page(visit, await _transcript(visit), "notes.html")


def _on_existing(connection: Connection, conversation_id: str, change, *args) -> None:
    if find_conversation(connection, conversation_id) is None:
        raise PageError(GONE, 404)
    change(connection, conversation_id, *args)


async def _transcript(visit: Visit, **how) -> Transcript:
    transcript = await visit.desk.store.read(read_transcript, visit.part("conversation"), **how)
    if transcript is None:
        raise PageError(GONE, 404)
    return transcript


async def _page(
    visit: Visit, transcript: Transcript, template: str, revealed: bool = False, **hand_over: Any
) -> Response:
    filters = _filters(visit)
    used = await visit.desk.store.read(review.values_of, tables.tag.c.name)
    offered = await visit.desk.store.read(review.values_of, tables.known_tag.c.name)
    tags = sorted({*used, *offered})
    return visit.page(
        template,
        transcript=transcript,
        may_talk=bool(hand_over),
        **{"conversation": transcript.conversation, **hand_over},
        noted=transcript.reviewed,
        known_tags=[one for one in tags if one not in transcript.reviewed.tags],
        query=urlencode(filters.query),
        back=listing.back_to(filters),
        revealed=revealed,
        covered=0 if revealed else await asyncio.to_thread(_covered, transcript),
        may_note=visit.member.may(ADVISER),
        may_teach=visit.member.may(TRAINER),
        may_forget=visit.member.may(ADMIN),
        as_html=lambda text: as_html(text, revealed),
        plain=lambda text: plain(text, revealed),
    )


def _covered(transcript: Transcript) -> int:
    """How many messages and contacts on the page hold something that is covered."""
    texts = [one.message.text for one in transcript.said] + [f"{one.contact} {one.text}" for one in transcript.contacts]
    return sum(masking.holds_personal_data(text) for text in texts)


def _filters(visit: Visit) -> Filters:
    """Those of the list that the reader came from."""
    return listing.filters_in(visit.asked)


def _address(conversation_id: str, filters: Filters) -> str:
    return f"{listing.PATH}/{conversation_id}" + (f"?{urlencode(filters.query)}" if filters.query else "")
