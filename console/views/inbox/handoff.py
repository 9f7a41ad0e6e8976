"""Hand-off: the queue of visitors who wait for a person, and the panel under a transcript for talking with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection
from starlette.responses import JSONResponse, Response

from console.translations.numbers import number
from console.views.inbox import conversation_list
from console.views.inbox.conversation_list import CONVERSATION_PATH, conversation_of
from console.web import display_names
from console.web.context import ConsoleContext
from console.web.live import note_seen
from console.web.message_html import as_html, quoted
from console.web.request import Page, PageError, StaffRequest
from console.web.routing import NOW, MenuItem, StaffRoute
from conversations.accounts import accounts, notifications, presence
from conversations.accounts.accounts import ADVISER, VIEWER, Member
from conversations.analytics import dashboard
from conversations.db.mappers import find_conversation
from conversations.handoff import queue
from conversations.learning import corrections, unanswered
from conversations.models import PERSON
from conversations.review.understanding import profile_of
from core.translations import gettext as _
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge
from knowledge.models import Topic

MAX_REPLY_LENGTH = 4000


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = HandoffPages(context.knowledge)
    return [
        StaffRoute("/staff/waiting", pages.show_queue, ADVISER, menu=MenuItem(NOW, "Waiting", badge="waiting")),
        StaffRoute("/staff/waiting/count", pages.count, VIEWER),
        StaffRoute(f"{CONVERSATION_PATH}/take", pages.take, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/reply", pages.reply, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/typing", pages.typing, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/assign", pages.assign, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/release", pages.give_back, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/close", pages.close, ADVISER, "POST"),
        StaffRoute(f"{CONVERSATION_PATH}/hand-over", pages.panel, ADVISER),
    ]


class HandoffPages:
    """The queue and the panel; suggested answers are read from `knowledge`, the knowledge bases by guide pack."""

    def __init__(self, knowledge: Mapping[str, Path]) -> None:
        self._knowledge = knowledge

    async def show_queue(self, request: StaffRequest) -> Response:
        """Show who waits, and with whom colleagues talk."""
        template = "handoff-queue-list.html" if request.wants_fragment else "handoff-queue.html"
        return request.page(template, queue=await request.service.store.read(queue.list_queue), me=request.member.name)

    async def count(self, request: StaffRequest) -> Response:
        """Return how many wait in each queue, for the badges, the title and the sound of every open page.

        Every page asks now and then, also those without a live stream, so that whoever has it open is noted as seen.
        """
        await note_seen(request)
        return JSONResponse(await request.service.store.read(_counts, request.member, request.scope))

    async def panel(self, request: StaffRequest) -> Page:
        """Return the panel as a fragment of the conversation's page."""
        values = await panel_values(request, self._knowledge)
        query = conversation_list.place_query(request)
        return request.page("handoff-panel.html", quoted=quoted, as_html=as_html, query=query, **values)

    async def take(self, request: StaffRequest) -> Response:
        """Take the conversation over from the advisor."""
        return await self._change(request, request.service.handoff.take, request.member.name)

    async def give_back(self, request: StaffRequest) -> Response:
        """Give the conversation back to the advisor."""
        await _require_holder(request)
        return await self._change(request, request.service.handoff.give_back, request.member.name)

    async def close(self, request: StaffRequest) -> Response:
        """Close the conversation."""
        await _require_holder(request)
        return await self._change(request, request.service.handoff.close, request.member.name)

    async def assign(self, request: StaffRequest) -> Response:
        """Hand the conversation on to a colleague."""
        colleague = request.form.get("to", "")
        members = await request.service.store.read(accounts.list_accounts)
        if not any(member.name == colleague and member.may(ADVISER) for member in members):
            raise PageError(_("Choose a colleague who may answer visitors."))
        return await self._change(request, request.service.handoff.assign, colleague, request.member.name)

    async def reply(self, request: StaffRequest) -> Response:
        """Send a reply to the visitor."""
        text = request.form.get("text", "").strip()
        if not text or len(text) > MAX_REPLY_LENGTH:
            raise PageError(
                _("A reply has 1 to %(max_reply_length)s characters.") % {"max_reply_length": number(MAX_REPLY_LENGTH)}
            )
        return await self._change(request, request.service.handoff.reply, request.member.name, text)

    async def typing(self, request: StaffRequest) -> Response:
        """Show the visitor that the person who holds the conversation is typing, or has stopped."""
        conversation = await request.service.store.read(find_conversation, request.path_param("conversation"))
        if conversation and conversation.held_by == request.member.name:
            who = conversation.held_as or PERSON
            request.service.publish_typing(conversation.id, who, request.form.get("on") != "no")
        return Response(status_code=204)

    async def _change(self, request: StaffRequest, change: Callable[..., Awaitable[Any]], *args: str) -> Response:
        """Change the hand-off; htmx gets the new panel, a browser is sent to the page."""
        conversation_id = request.path_param("conversation")
        await change(conversation_id, *args)
        if not request.wants_fragment:
            return request.redirect(f"{conversation_list.place_url(request, conversation_id)}#end")
        panel = await self.panel(request)
        panel.headers["HX-Trigger"] = "handed"  # has the page's header show at once who holds the conversation
        return panel


async def panel_values(
    request: StaffRequest, knowledge: Mapping[str, Path], conversation_id: str = ""
) -> dict[str, Any]:
    """Return what the panel's template gets about a conversation, by default that in the path.

    Raises:
        PageError: The conversation does not exist (404).
    """
    conversation = await conversation_of(request, conversation_id)
    mine = conversation.state == PERSON and conversation.held_by == request.member.name
    members = await request.service.store.read(accounts.list_accounts)
    topics = await request.service.store.read(queue.last_topics, conversation.id) if mine else []
    return {
        "conversation": conversation,
        "mine": mine,
        "reached": display_names.reply_route(conversation.channel, request.service.delivery_mode(conversation.channel)),
        "shown_name": conversation.held_as,
        "colleagues": presence.by_presence(
            member for member in members if member.may(ADVISER) and member.name != request.member.name
        ),
        "suggested": _suggested_answers(knowledge[conversation.pack], topics) if conversation.pack in knowledge else [],
        "profile": await request.service.store.read(profile_of, conversation.id),
    }


def _queue_lengths(connection: Connection, pack: str | None) -> dict[str, int]:
    """Return the number in each queue, by the badge of its menu item; of disputed answers, MOST_DISPUTED at most."""
    return {
        "waiting": queue.count_waiting(connection),
        "contacts": dashboard.count_open_contact_requests(connection),
        "unanswered": unanswered.count(connection, pack),
        "corrections": len(corrections.disputed_answers(connection, pack=pack)),
    }


def _counts(connection: Connection, member: Member, pack: str | None) -> dict[str, int]:
    """Return the lengths of the queues that somebody may see, and how many notifications they have not read."""
    lengths = _queue_lengths(connection, pack) if member.may(ADVISER) else {}
    return {**lengths, "notifications": notifications.count_unread(connection, member)}


async def _require_holder(request: StaffRequest) -> None:
    """Raise PageError if a colleague holds the conversation."""
    conversation = await request.service.store.read(find_conversation, request.path_param("conversation"))
    if conversation and conversation.state == PERSON and conversation.held_by != request.member.name:
        raise PageError(
            _("%(held_by)s has this conversation; only they can give it back or close it.")
            % {"held_by": conversation.held_by},
            409,
        )


def _suggested_answers(knowledge_db: Path, topics: list[str]) -> list[tuple[str, str]]:
    """Return title and answer of these topics, or [] if the knowledge base cannot be read."""
    try:
        knowledge = open_knowledge(knowledge_db)
    except KnowledgeError:
        return []
    entries = [knowledge.topic(key) for key in topics if knowledge.has_topic(key)]
    return [(entry.title, _whole_answer(entry)) for entry in entries]


def _whole_answer(topic: Topic) -> str:
    """Return a topic's answer with the items of its list, in Markdown."""
    items = [f"- {item.name}: {item.text}" if item.text else f"- {item.name}" for item in topic.items]
    return "\n".join([topic.answer, *items])
