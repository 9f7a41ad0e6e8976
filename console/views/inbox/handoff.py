"""Hand-over: who waits for a person, and talking with them from the transcript."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import JSONResponse, Response

from console.web import display_names
from console.web.navigation import NOW, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts import accounts
from conversations.accounts.accounts import ADVISER
from conversations.db.mappers import find_conversation
from conversations.handoff import queue
from conversations.handoff.states import HandoffRefused
from conversations.models import PERSON
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge

ONE = "/staff/conversations/{conversation}"
LONGEST_REPLY = 4000
GONE = "There is no such conversation. It may have been deleted, by its owner or because it was kept long enough."


class HandoffPages:
    """`knowledge_db` gives the answers that are suggested."""

    def __init__(self, knowledge_db: Path):
        self._knowledge = knowledge_db

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute("/staff/waiting", self.waiting, ADVISER, menu=MenuItem(NOW, "Waiting", badge="waiting")),
            StaffRoute("/staff/waiting/count", self.count, ADVISER),
            StaffRoute(f"{ONE}/take", self.take, ADVISER, "POST"),
            StaffRoute(f"{ONE}/reply", self.reply, ADVISER, "POST"),
            StaffRoute(f"{ONE}/typing", self.typing, ADVISER, "POST"),
            StaffRoute(f"{ONE}/assign", self.assign, ADVISER, "POST"),
            StaffRoute(f"{ONE}/release", self.release, ADVISER, "POST"),
            StaffRoute(f"{ONE}/close", self.close, ADVISER, "POST"),
            StaffRoute(f"{ONE}/hand-over", self.panel, ADVISER),
        ]

    async def waiting(self, request: StaffRequest) -> Response:
        """The queue."""
        template = "waiting-list.html" if request.wants_part else "waiting.html"
        return request.page(template, queue=await request.service.store.read(queue.list_queue), me=request.member.name)

    async def count(self, request: StaffRequest) -> Response:
        """How many wait, for the badge, the title and the sound of every open page."""
        return JSONResponse({"waiting": await request.service.store.read(queue.count_waiting)})

    async def panel(self, request: StaffRequest) -> Response:
        """What can be done about a conversation now; a part of its page."""
        return request.page("hand-over.html", **await self.about(request))

    async def about(self, request: StaffRequest) -> dict:
        """What the panel shows of the conversation in the path."""
        conversation = await request.service.store.read(find_conversation, request.part("conversation"))
        if conversation is None:
            raise PageError(GONE, 404)
        mine = conversation.state == PERSON and conversation.held_by == request.member.name
        colleagues = [one.name for one in await request.service.store.read(accounts.list_accounts) if one.may(ADVISER)]
        return {
            "conversation": conversation,
            "mine": mine,
            "reached": display_names.reached(conversation.channel, request.service.delivery_mode(conversation.channel)),
            "colleagues": [one for one in colleagues if one != request.member.name],
            "suggested": self._answers(await request.service.store.read(queue.last_topics, conversation.id))
            if mine
            else [],
        }

    async def take(self, request: StaffRequest) -> Response:
        return await self._change(request, request.service.handoff.take, request.member.name)

    async def release(self, request: StaffRequest) -> Response:
        await self._require_mine(request)
        return await self._change(request, request.service.handoff.give_back, request.member.name)

    async def close(self, request: StaffRequest) -> Response:
        await self._require_mine(request)
        return await self._change(request, request.service.handoff.close, request.member.name)

    async def assign(self, request: StaffRequest) -> Response:
        """To a colleague, by name."""
        to = request.form.get("to", "")
        members = await request.service.store.read(accounts.list_accounts)
        if not any(one.name == to and one.may(ADVISER) for one in members):
            raise PageError("Choose a colleague who may answer visitors.")
        return await self._change(request, request.service.handoff.assign, to, request.member.name)

    async def reply(self, request: StaffRequest) -> Response:
        text = request.form.get("text", "").strip()
        if not text or len(text) > LONGEST_REPLY:
            raise PageError(f"A reply has 1 to {LONGEST_REPLY:,} characters.")
        return await self._change(request, request.service.handoff.reply, request.member.name, text)

    async def typing(self, request: StaffRequest) -> Response:
        """The visitor sees that the person who has the conversation is writing."""
        conversation = await request.service.store.read(find_conversation, request.part("conversation"))
        if conversation and conversation.held_by == request.member.name:
            request.service.publish_typing(conversation.id, request.member.name, request.form.get("on") != "no")
        return Response(status_code=204)

    async def _change(self, request: StaffRequest, change, *args) -> Response:
        """Do it; htmx gets the panel anew, a browser the page."""
        conversation_id = request.part("conversation")
        try:
            await change(conversation_id, *args)
        except HandoffRefused as error:
            raise PageError(str(error), 409) from None
        if not request.wants_part:
            return request.go_to(f"/staff/conversations/{conversation_id}#end")
        answer = await self.panel(request)
        answer.headers["HX-Trigger"] = "handed"  # the head of the page says at once who has it
        return answer

    async def _require_mine(self, request: StaffRequest) -> None:
        conversation = await request.service.store.read(find_conversation, request.part("conversation"))
        if conversation and conversation.state == PERSON and conversation.held_by != request.member.name:
            raise PageError(
                f"{conversation.held_by} has this conversation; only they can give it back or close it.", 409
            )

    def _answers(self, topics: list[str]) -> list[tuple[str, str]]:
        """(title, answer) of what the knowledge base says about the topics."""
        try:
            knowledge = open_knowledge(self._knowledge)
        except KnowledgeError:
            return []
        found = [knowledge.topic(key) for key in topics if knowledge.has_topic(key)]
        return [(one.title, one.answer) for one in found]
