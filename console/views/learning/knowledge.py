"""What the advisor knows, to be read: answers, sources, ways of asking, how often each is asked, who looks after it."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from starlette.responses import Response

from console.web.message_html import as_html
from console.web.navigation import KNOWLEDGE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import VIEWER
from conversations.db.schema import now
from conversations.db.store import Store
from conversations.learning.topic_stats import TopicCount, TopicStatsCache, latest_questions
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.models import OpenSubject, Topic, TopicHeading

PATH = "/staff/knowledge"
LONGEST_SEARCH = 100
NO_KNOWLEDGE = "The knowledge base cannot be read. On the server, run: ./advisor knowledge build"


@dataclass(frozen=True)
class TopicRow:
    """A topic in the list. `due` is when it should be read against its sources again."""

    heading: TopicHeading
    count: TopicCount
    due: date

    @property
    def overdue(self) -> bool:
        return self.due <= now().date()


class KnowledgePages:
    """`months` after its last review, a topic is due for the next."""

    def __init__(self, knowledge_db: Path, store: Store, months: int):
        self._path, self._months = knowledge_db, months
        self._tallies = TopicStatsCache(store)

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(PATH, self.show, VIEWER, menu=MenuItem(KNOWLEDGE, "Knowledge")),
            StaffRoute(PATH + "/{key:path}", self.one, VIEWER),
        ]

    async def show(self, request: StaffRequest) -> Response:
        """All topics by section; with `words`, those that hold them; with `overdue`, those to be reviewed."""
        knowledge, tally = self._open(), await self._tallies.current()
        words = request.asked.get("words", "")[:LONGEST_SEARCH]
        headings = [*knowledge.topics(), *knowledge.open_subjects()]
        held = [one for one in headings if _holds(knowledge, one, words)]
        entries = [TopicRow(one, tally.of(one.key), self._due(one.reviewed)) for one in held]
        overdue = [one for one in entries if one.overdue]
        only_overdue = request.asked.get("overdue") == "yes"
        return request.page(
            "shelf-list.html" if request.wants_part else "shelf.html",
            sections=_by_section(overdue if only_overdue else entries),
            words=words,
            found=len(overdue if only_overdue else entries),
            overdue=len(overdue),
            only_overdue=only_overdue,
            months=self._months,
        )

    async def one(self, request: StaffRequest) -> Response:
        """A topic, or a subject that the guide leaves open."""
        knowledge, key = self._open(), request.part("key")
        try:
            entry = knowledge.topic(key) if knowledge.has_topic(key) else knowledge.open_subject(key)
        except KnowledgeError:
            raise PageError("There is no such topic. It may have another key since the last release.", 404) from None
        return request.page(
            "topic.html",
            entry=entry,
            parts_of=_parts(entry),
            phrasings=knowledge.phrasings(key),
            count=(await self._tallies.current()).of(key),
            due=self._due(entry.reviewed),
            overdue=self._due(entry.reviewed) <= now().date(),
            asked=await request.service.store.read(latest_questions, key),
            as_html=lambda text: as_html(text, True),
        )

    def overdue(self) -> int:
        """How many topics are due for a review; 0 where the knowledge base cannot be read."""
        try:
            knowledge = self._open()
        except PageError:
            return 0
        return sum(self._due(one.reviewed) <= now().date() for one in (*knowledge.topics(), *knowledge.open_subjects()))

    def _open(self) -> Knowledge:
        try:
            return open_knowledge(self._path)
        except KnowledgeError:
            raise PageError(NO_KNOWLEDGE, 503) from None

    def _due(self, reviewed: date) -> date:
        month = reviewed.month - 1 + self._months
        year, month = reviewed.year + month // 12, month % 12 + 1
        return date(year, month, min(reviewed.day, calendar.monthrange(year, month)[1]))


def _holds(knowledge: Knowledge, heading: TopicHeading, words: str) -> bool:
    """Whether a topic's title, key, answer or ways of asking hold all of the words, or their beginnings."""
    if not words.strip():
        return True
    entry = knowledge.topic(heading.key) if heading.section else knowledge.open_subject(heading.key)
    texts = [heading.title, heading.key, *(text for _, text in _parts(entry)), *knowledge.phrasings(heading.key)]
    said = "\n".join(texts).lower()
    return all(word in said for word in words.lower().split())


def _parts(entry: Topic | OpenSubject) -> list[tuple[str, str]]:
    """(what it is, text) of what the advisor may say."""
    if isinstance(entry, OpenSubject):
        return [("What it says", entry.say), ("The nearest that is known", entry.nearest), ("Whom to ask", entry.whom)]
    items = "\n".join(f"- **{one.name}**: {one.text}" if one.text else f"- **{one.name}**" for one in entry.items)
    return [
        ("Answer", "\n\n".join(filter(None, (entry.answer, items)))),
        *([("More", entry.more)] if entry.more else []),
    ]


def _by_section(entries: list[TopicRow]) -> list[tuple[str, list[TopicRow]]]:
    sections: dict[str, list[TopicRow]] = {}
    for one in entries:
        sections.setdefault(one.heading.section.title if one.heading.section else "Left open by the guide", []).append(
            one
        )
    return list(sections.items())
