"""Hand-over: who waits for a person, and talking with them from the transcript."""

from __future__ import annotations

from pathlib import Path

from starlette.responses import JSONResponse, Response

from console import wording
from console.doors import Door
from console.menu import NOW, Place
from console.visit import PageError, Visit
from conversations import queue, staff
from conversations.handoff import HandoffRefused
from conversations.records import PERSON
from conversations.rows import find_conversation
from conversations.staff import ADVISER
from knowledge.errors import KnowledgeError
from knowledge.queries import open_knowledge

ONE = "/staff/conversations/{conversation}"
LONGEST_REPLY = 4000
GONE = "There is no such conversation. It may have been deleted, by its owner or because it was kept long enough."


class HandOver:
    """`knowledge_db` gives the answers that are suggested."""

    def __init__(self, knowledge_db: Path):
        self._knowledge = knowledge_db

    def doors(self) -> list[Door]:
        return [
            Door("/staff/waiting", self.waiting, ADVISER, menu=Place(NOW, "Waiting", badge="waiting")),
            Door("/staff/waiting/count", self.count, ADVISER),
            Door(f"{ONE}/take", self.take, ADVISER, "POST"),
            Door(f"{ONE}/reply", self.reply, ADVISER, "POST"),
            Door(f"{ONE}/typing", self.typing, ADVISER, "POST"),
            Door(f"{ONE}/assign", self.assign, ADVISER, "POST"),
            Door(f"{ONE}/release", self.release, ADVISER, "POST"),
            Door(f"{ONE}/close", self.close, ADVISER, "POST"),
            Door(f"{ONE}/hand-over", self.panel, ADVISER),
        ]

    async def waiting(self, visit: Visit) -> Response:
        """The queue."""
        template = "waiting-list.html" if visit.wants_part else "waiting.html"
        return visit.page(template, queue=await visit.desk.store.read(queue.queue), me=visit.member.name)

    async def count(self, visit: Visit) -> Response:
        """How many wait, for the badge, the title and the sound of every open page."""
        return JSONResponse({"waiting": await visit.desk.store.read(queue.how_many_wait)})

    async def panel(self, visit: Visit) -> Response:
        """What can be done about a conversation now; a part of its page."""
        return visit.page("hand-over.html", **await self.about(visit))

    async def about(self, visit: Visit) -> dict:
        """What the panel shows of the conversation in the path."""
        conversation = await visit.desk.store.read(find_conversation, visit.part("conversation"))
        if conversation is None:
            raise PageError(GONE, 404)
        mine = conversation.state == PERSON and conversation.held_by == visit.member.name
        colleagues = [one.name for one in await visit.desk.store.read(staff.everybody) if one.may(ADVISER)]
        return {
            "conversation": conversation,
            "mine": mine,
            "reached": wording.reached(conversation.channel, visit.desk.reaches(conversation.channel)),
            "colleagues": [one for one in colleagues if one != visit.member.name],
            "suggested": self._answers(await visit.desk.store.read(queue.last_topics, conversation.id)) if mine else [],
        }

    async def take(self, visit: Visit) -> Response:
        return await self._change(visit, visit.desk.take, visit.member.name)

    async def release(self, visit: Visit) -> Response:
        await self._require_mine(visit)
        return await self._change(visit, visit.desk.release, visit.member.name)

    async def close(self, visit: Visit) -> Response:
        await self._require_mine(visit)
        return await self._change(visit, visit.desk.close, visit.member.name)

    async def assign(self, visit: Visit) -> Response:
        """To a colleague, by name."""
        to = visit.form.get("to", "")
        members = await visit.desk.store.read(staff.everybody)
        if not any(one.name == to and one.may(ADVISER) for one in members):
            raise PageError("Choose a colleague who may answer visitors.")
        return await self._change(visit, visit.desk.assign, to, visit.member.name)

    async def reply(self, visit: Visit) -> Response:
        text = visit.form.get("text", "").strip()
        if not text or len(text) > LONGEST_REPLY:
            raise PageError(f"A reply has 1 to {LONGEST_REPLY:,} characters.")
        return await self._change(visit, visit.desk.reply_as, visit.member.name, text)

    async def typing(self, visit: Visit) -> Response:
        """The visitor sees that the person who has the conversation is writing."""
        conversation = await visit.desk.store.read(find_conversation, visit.part("conversation"))
        if conversation and conversation.held_by == visit.member.name:
            visit.desk.typing(conversation.id, visit.member.name, visit.form.get("on") != "no")
        return Response(status_code=204)

    async def _change(self, visit: Visit, change, *args) -> Response:
        """Do it; htmx gets the panel anew, a browser the page."""
        conversation_id = visit.part("conversation")
        try:
            await change(conversation_id, *args)
        except HandoffRefused as error:
            raise PageError(str(error), 409) from None
        if not visit.wants_part:
            return visit.go_to(f"/staff/conversations/{conversation_id}#end")
        answer = await self.panel(visit)
        answer.headers["HX-Trigger"] = "handed"  # the head of the page says at once who has it
        return answer

    async def _require_mine(self, visit: Visit) -> None:
        conversation = await visit.desk.store.read(find_conversation, visit.part("conversation"))
        if conversation and conversation.state == PERSON and conversation.held_by != visit.member.name:
            raise PageError(f"{conversation.held_by} has this conversation; only they can give it back or close it.", 409)

    def _answers(self, topics: list[str]) -> list[tuple[str, str]]:
        """(title, answer) of what the knowledge base says about the topics."""
        try:
            knowledge = open_knowledge(self._knowledge)
        except KnowledgeError:
            return []
        found = [knowledge.topic(key) for key in topics if knowledge.has_topic(key)]
        return [(one.title, one.answer) for one in found]
