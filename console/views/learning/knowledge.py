"""The knowledge page: each topic's answer, sources, phrasings, how often it is asked, and when its review is due."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from starlette.responses import Response

from console.web.context import ConsoleContext
from console.web.message_html import as_html
from console.web.request import PageError, StaffRequest
from console.web.routing import KNOWLEDGE, MenuItem, StaffRoute
from conversations.accounts.accounts import EDITOR, VIEWER
from conversations.editing import entry_drafts, entry_history
from conversations.learning.topic_stats import TopicCount, TopicStatsCache, latest_questions
from conversations.local_days import today
from core.pack_registry import pack_scope
from core.translations import gettext as _
from core.translations import marked
from knowledge.editing.entries import kind_and_key
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.models import OpenSubject, Topic, TopicHeading

PATH = "/staff/knowledge"
MAX_SEARCH_LENGTH = 100
NO_KNOWLEDGE = marked("The knowledge base cannot be read. On the server, run: ./advisor knowledge build")


@dataclass(frozen=True)
class TopicRow:
    """A topic in the list; `due` is the day of its next review."""

    heading: TopicHeading
    count: TopicCount
    due: date

    @property
    def overdue(self) -> bool:
        """Return True from the day on which the review is due."""
        return self.due <= today()


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    stats = TopicStatsCache(context.service.store, pack_scope(context.settings))
    pages = KnowledgePages(context.settings.knowledge_db, stats, context.settings.review_months)
    return [
        StaffRoute(PATH, pages.show, VIEWER, menu=MenuItem(KNOWLEDGE, "Knowledge")),
        StaffRoute(PATH + "/{key:path}", pages.show_topic, VIEWER),
    ]


class KnowledgePages:
    """The list of topics and the page of each; a review is due `review_months` after the last."""

    def __init__(self, knowledge_db: Path, stats: TopicStatsCache, review_months: int) -> None:
        self._path, self._stats, self._review_months = knowledge_db, stats, review_months

    async def show(self, request: StaffRequest) -> Response:
        """Show the topics by section: all, those that contain `words`, or those whose review is `overdue`."""
        knowledge, stats = _open(self._path), await self._stats.current()
        words = request.query.get("words", "")[:MAX_SEARCH_LENGTH]
        headings = [heading for heading in _headings(knowledge) if _contains(knowledge, heading, words)]
        rows = [
            TopicRow(heading, stats.of(heading.key), _due(heading.reviewed, self._review_months))
            for heading in headings
        ]
        overdue = [row for row in rows if row.overdue]
        only_overdue = request.query.get("overdue") == "yes"
        shown = overdue if only_overdue else rows
        return request.page(
            "knowledge-list.html" if request.wants_fragment else "knowledge.html",
            sections=_by_section(shown),
            words=words,
            found=len(shown),
            overdue=len(overdue),
            only_overdue=only_overdue,
            months=self._review_months,
        )

    async def show_topic(self, request: StaffRequest) -> Response:
        """Show a topic, or a subject that the guide leaves open."""
        knowledge, key = _open(self._path), request.path_param("key")
        try:
            entry = knowledge.topic(key) if knowledge.has_topic(key) else knowledge.open_subject(key)
        except KnowledgeError:
            raise PageError(_("There is no such topic. It may have another key since the last release."), 404) from None
        due, read = _due(entry.reviewed, self._review_months), request.service.store.read
        return request.page(
            "topic.html",
            entry=entry,
            parts_of=_texts(entry),
            phrasings=knowledge.phrasings(key),
            count=(await self._stats.current()).of(key),
            due=due,
            overdue=due <= today(),
            asked=await read(latest_questions, key, pack=request.scope),
            versions=await read(entry_history.of_entry, *kind_and_key(entry.key), pack=request.pack),
            draft=await read(entry_drafts.find_by_key, *kind_and_key(entry.key), request.pack),
            may_edit=request.member.may(EDITOR),
            as_html=lambda text: as_html(text, True),
        )


def list_overdue(knowledge_db: Path, review_months: int) -> list[tuple[TopicHeading, date]]:
    """Return the topics that are due for a review, each with the day since when, the longest due first.

    It is empty if the knowledge base cannot be read.
    """
    try:
        headings = _headings(_open(knowledge_db))
    except PageError:
        return []
    due = [(heading, _due(heading.reviewed, review_months)) for heading in headings]
    return sorted((one for one in due if one[1] <= today()), key=lambda one: one[1])


def _open(knowledge_db: Path) -> Knowledge:
    try:
        return open_knowledge(knowledge_db)
    except KnowledgeError:
        raise PageError(_(NO_KNOWLEDGE), 503) from None


def _headings(knowledge: Knowledge) -> list[TopicHeading]:
    return [*knowledge.topics(), *knowledge.open_subjects()]


def _due(reviewed: date, review_months: int) -> date:
    month = reviewed.month - 1 + review_months
    year, month = reviewed.year + month // 12, month % 12 + 1
    return date(year, month, min(reviewed.day, calendar.monthrange(year, month)[1]))


def _contains(knowledge: Knowledge, heading: TopicHeading, words: str) -> bool:
    """Return True if a topic's title, key, answer and phrasings contain all words, also as parts of others."""
    if not words.strip():
        return True
    entry = knowledge.topic(heading.key) if heading.section else knowledge.open_subject(heading.key)
    texts = [heading.title, heading.key, *(text for _, text in _texts(entry)), *knowledge.phrasings(heading.key)]
    text = "\n".join(texts).lower()
    return all(word in text for word in words.lower().split())


def _texts(entry: Topic | OpenSubject) -> list[tuple[str, str]]:
    """Return what the advisor may say about a topic, each text with its title."""
    if isinstance(entry, OpenSubject):
        return [
            (_("What it says"), entry.say),
            (_("The nearest that is known"), entry.nearest),
            (_("Whom to ask"), entry.whom),
        ]
    items = "\n".join(f"- **{item.name}**: {item.text}" if item.text else f"- **{item.name}**" for item in entry.items)
    return [
        (_("Answer"), "\n\n".join(filter(None, (entry.answer, items)))),
        *([(_("More"), entry.more)] if entry.more else []),
    ]


def _by_section(rows: list[TopicRow]) -> list[tuple[str, list[TopicRow]]]:
    sections: dict[str, list[TopicRow]] = {}
    for row in rows:
        title = row.heading.section.title if row.heading.section else _("Left open by the guide")
        sections.setdefault(title, []).append(row)
    return list(sections.items())
