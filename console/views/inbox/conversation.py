"""The page of a conversation: transcript with the explanation of each answer, and annotations of staff."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from console.views.inbox import conversation_list
from console.views.inbox.conversation_list import CONVERSATION_NOT_FOUND, CONVERSATION_PATH
from console.views.inbox.handoff import panel_values
from console.views.inbox.notifications import mark_read
from console.web.context import ConsoleContext
from console.web.message_html import as_html, plain, quoted
from console.web.request import PageError, StaffRequest, optional_number
from console.web.routing import StaffRoute
from conversations import erasure, pii
from conversations.accounts.accounts import ADMIN, ADVISER, TRAINER, VIEWER
from conversations.data_rights.data_subjects import others_of_person
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.models import PERSON, WAITING, Conversation
from conversations.review import annotation
from conversations.review.concerns import starting_point
from conversations.review.filters import Filters
from conversations.review.listing import next_unreviewed
from conversations.review.summaries import ConversationSummary, summaries_of
from conversations.review.transcript import Transcript, read_transcript
from core.translations import gettext as _

OTHERS_SHOWN = 5  # conversations of the same person
FRAGMENTS = {  # of the page, which load themselves anew
    "talk": "transcript.html",
    "notes": "annotations.html",
    "facts": "conversation-status.html",
}


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = ConversationPages(context)
    return [
        StaffRoute(CONVERSATION_PATH, pages.show, VIEWER),
        StaffRoute(f"{CONVERSATION_PATH}/print", show_print_view, VIEWER),
        StaffRoute(f"{CONVERSATION_PATH}/reveal", pages.reveal, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/notes", add_note, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/notes/remove", remove_note, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/tags", add_tag, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/tags/remove", remove_tag, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/flag", set_flag, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/reviewed", pages.set_reviewed, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/forget", erase, ADMIN, "POST"),
    ]


class ConversationPages:
    """The conversation beside the list that it was opened from."""

    def __init__(self, context: ConsoleContext) -> None:
        self._list = conversation_list.ConversationListPage(context.titles)
        self._knowledge = context.knowledge

    async def _open_page(self, request: StaffRequest, transcript: Transcript, revealed: bool = False) -> Response:
        """Return the conversation as htmx opens it beside the list or, for a browser, with the list."""
        panel: dict[str, Any] = {}
        await mark_read(request, transcript.conversation.id)
        if request.member.may(ADVISER) and not revealed:
            panel = await panel_values(request, self._knowledge)
        panel |= await _same_person(request, transcript)
        if request.wants_fragment:
            return await _page(request, transcript, "conversation-open.html", revealed, **panel)
        return await _page(request, transcript, "inbox.html", revealed, **await self._list.values(request), **panel)

    async def show(self, request: StaffRequest) -> Response:
        """Show the conversation; `before` is a message's id, and older messages than that are shown."""
        if request.wants_fragment and request.query.get("part") == "line":
            return await _line(request)
        transcript = await _read(request, before=optional_number(request.query, "before"))
        fragment = FRAGMENTS.get(request.query.get("part", "")) if request.wants_fragment else None
        if fragment:
            return await _page(request, transcript, fragment)
        return await self._open_page(request, transcript)

    async def reveal(self, request: StaffRequest) -> Response:
        """Show the page with personal data unmasked; the audit log records it first."""
        transcript = await _read(request, before=optional_number(request.form, "before"))
        await request.service.store.write(
            erasure.record_audit, request.member.name, "revealed personal data", request.path_param("conversation")
        )
        return await self._open_page(request, transcript, revealed=True)

    async def set_reviewed(self, request: StaffRequest) -> Response:
        """Mark the conversation reviewed or not; with `next`, go on to the next of the list that is not reviewed."""
        if request.form.get("row") == "line":
            await _mark_reviewed(request)
            return await _line(request, told=_("Marked as reviewed."))
        if request.form.get("next") == "yes":
            await _mark_reviewed(request)
            return await self._open_next(request)
        on = request.form.get("on") == "yes"
        return await _annotate(request, annotation.set_reviewed, request.member.name, on)

    async def _open_next(self, request: StaffRequest) -> Response:
        """Open the next conversation of the list that is not reviewed, or say that all are."""
        reviewed = request.path_param("conversation")
        following = await request.service.store.read(next_unreviewed, _filters(request), reviewed)
        address = conversation_list.place_url(request, following or "")
        if not request.wants_fragment:
            ended = address + ("&" if "?" in address else "?") + "done=yes"
            return request.redirect(address if following else ended)
        template = "conversation-open.html"
        if following is None:
            page: Response = request.page(template, conversation=None, is_done=True, reviewed_before=reviewed)
        else:
            panel = await panel_values(request, self._knowledge, following)
            transcript = await _read(request, following)
            panel |= await _same_person(request, transcript)
            page = await _page(request, transcript, template, reviewed_before=reviewed, **panel)
        page.headers["HX-Push-Url"] = address
        return page


async def show_print_view(request: StaffRequest) -> Response:
    """Show every message of the conversation, masked, on a page for printing."""
    return await _page(request, await _read(request, at_once=None), "print.html")


async def add_note(request: StaffRequest) -> Response:
    """Add a note for colleagues; those whom it mentions are told."""
    change = annotation.add_note, request.member.name, request.form.get("text", "")
    told = await request.service.store.write(_change_existing, request.path_param("conversation"), *change)
    for account in told:
        request.service.publish_notified(account)
    return await _annotated(request)


async def remove_note(request: StaffRequest) -> Response:
    """Remove a note, if the member wrote it."""
    note_id = optional_number(request.form, "note") or 0
    return await _annotate(request, annotation.remove_note, request.member.name, note_id)


async def add_tag(request: StaffRequest) -> Response:
    """Add a tag."""
    return await _annotate(request, annotation.add_tag, request.member.name, request.form.get("tag", ""))


async def remove_tag(request: StaffRequest) -> Response:
    """Remove a tag."""
    return await _annotate(request, annotation.remove_tag, request.form.get("tag", ""))


async def set_flag(request: StaffRequest) -> Response:
    """Flag the conversation, or take the flag away."""
    return await _annotate(request, annotation.set_flag, request.member.name, request.form.get("on") == "yes")


async def _mark_reviewed(request: StaffRequest) -> None:
    change = annotation.set_reviewed, request.member.name, True
    await request.service.store.write(_change_existing, request.path_param("conversation"), *change)


async def _line(request: StaffRequest, **values: Any) -> Response:
    """Return the conversation's row of the list; with `told`, it has the way to take back what was done."""
    lines = await request.service.store.read(summaries_of, [request.path_param("conversation")])
    if not lines:
        raise PageError(_(CONVERSATION_NOT_FOUND), 404)
    query = conversation_list.place_query(request)
    return request.page("conversation-line.html", one=lines[0], query=query, snippets={}, open_id="", **values)


async def erase(request: StaffRequest) -> Response:
    """Delete the conversation everywhere, if the box of the form is ticked."""
    if request.form.get("sure") != "yes":
        raise PageError(_("Tick the box first: a deleted conversation cannot be brought back."))
    if not await request.service.erase(request.path_param("conversation"), request.member.name):
        raise PageError(_(CONVERSATION_NOT_FOUND), 404)
    return request.redirect(conversation_list.place_url(request))


async def _annotate(request: StaffRequest, change: Callable[..., None], *args: Any) -> Response:
    """Change an annotation and show it."""
    await request.service.store.write(_change_existing, request.path_param("conversation"), change, *args)
    return await _annotated(request)


async def _annotated(request: StaffRequest) -> Response:
    """Return the new annotations to htmx; a browser is sent to the page."""
    conversation_id = request.path_param("conversation")
    if not request.wants_fragment:
        return request.redirect(conversation_list.place_url(request, conversation_id))
    return await _page(request, await _read(request), "annotations.html")


def _change_existing(connection: Connection, conversation_id: str, change: Callable[..., Any], *args: Any) -> Any:
    """Change an annotation of a conversation that exists, and return what the change returns."""
    if find_conversation(connection, conversation_id) is None:
        raise PageError(_(CONVERSATION_NOT_FOUND), 404)
    return change(connection, conversation_id, *args)


async def _read(request: StaffRequest, conversation_id: str = "", **options: int | None) -> Transcript:
    wanted = conversation_id or request.path_param("conversation")
    transcript = await request.service.store.read(read_transcript, wanted, **options)
    if transcript is None:
        raise PageError(_(CONVERSATION_NOT_FOUND), 404)
    return transcript


async def _page(
    request: StaffRequest, transcript: Transcript, template: str, revealed: bool = False, **panel: Any
) -> Response:
    filters = _filters(request)
    begin_at = "end" if transcript.conversation.state in (WAITING, PERSON) else starting_point(transcript, filters)
    used = await request.service.store.read(annotation.distinct_values, schema.tag.c.name)
    offered = await request.service.store.read(annotation.distinct_values, schema.known_tag.c.name)
    return request.page(
        template,
        transcript=transcript,
        may_talk="mine" in panel,
        **{"query": conversation_list.place_query(request), "conversation": transcript.conversation, **panel},
        noted=transcript.annotations,
        known_tags=[tag for tag in sorted({*used, *offered}) if tag not in transcript.annotations.tags],
        is_done=False,
        begin_at=begin_at,
        back=conversation_list.place_url(request),
        revealed=revealed,
        count_covered=partial(_count_masked, transcript),  # called by the one template that tells it
        may_note=request.member.may(ADVISER),
        may_teach=request.member.may(TRAINER),
        may_forget=request.member.may(ADMIN),
        as_html=lambda text: as_html(text, revealed),
        plain=lambda text: plain(text, revealed),
        quoted=lambda words, text: quoted(words, text, revealed),
    )


async def _same_person(request: StaffRequest, transcript: Transcript) -> dict[str, Any]:
    """Return what the page says of the same person's other conversations."""
    others, more = await request.service.store.read(_others, transcript.conversation)
    return {"others": others, "more_others": more}


def _others(connection: Connection, conversation: Conversation) -> tuple[list[ConversationSummary], int]:
    """Return the newest of the same person's other conversations, OTHERS_SHOWN at most, and how many more there are."""
    ids = [each.id for each in others_of_person(connection, conversation)]
    return summaries_of(connection, ids[:OTHERS_SHOWN]), max(0, len(ids) - OTHERS_SHOWN)


def _count_masked(transcript: Transcript) -> int:
    """Return how many messages, contact requests and parts of the profile on the page contain personal data."""
    texts = [entry.message.text for entry in transcript.said]
    texts += [f"{contact.contact} {contact.text}" for contact in transcript.contacts]
    texts += [each.value for each in transcript.profile]
    return sum(pii.has_personal_data(text) for text in texts)


def _filters(request: StaffRequest) -> Filters:
    """Return the filters of the list that the page was opened from."""
    return conversation_list.filters_from(request.query)
