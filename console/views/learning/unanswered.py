"""Unanswered questions, grouped by topic or meaning; a draft of a topic can begin with them (editing/drafts.py)."""

from __future__ import annotations

import asyncio

from sqlalchemy import Connection
from starlette.responses import Response

from console.views.learning.decisions import decided_row, message_ids
from console.web.context import ConsoleContext
from console.web.labels import Labels
from console.web.message_html import led, quoted
from console.web.request import StaffRequest
from console.web.routing import REVIEW, MenuItem, StaffRoute
from console.web.topic_titles import TopicTitles
from conversations.accounts.accounts import ADVISER, EDITOR, TRAINER
from conversations.db.schema import now
from conversations.input_parsing import whole_number
from conversations.learning import corrections, unanswered
from conversations.learning.clustering import Group, group
from conversations.learning.unanswered import Question
from conversations.review.transcript import read_turns
from core.translations import gettext as _

PATH = "/staff/unanswered"
PAGE_SIZE = 30  # groups
MOST_ASKED = "most"
LAST_PAGE = 9999
MAX_PHRASINGS_SHOWN = 6  # of a group


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = UnansweredPages(context.titles)
    return [
        StaffRoute(PATH, pages.show, ADVISER, menu=MenuItem(REVIEW, "Unanswered", badge="unanswered")),
        StaffRoute(PATH, pages.decide, TRAINER, "POST"),
    ]


class UnansweredPages:
    """The list of groups, computed again when questions come or go; `titles` are those of the guide's topics."""

    def __init__(self, titles: TopicTitles) -> None:
        self._titles, self._labels = titles, Labels(titles.all)
        self._cached: tuple[tuple[int, ...], list[Group]] = ((), [])

    async def show(self, request: StaffRequest) -> Response:
        """Show the groups by their newest question or, with `order=most`, by size."""
        questions = await request.service.store.read(unanswered.list_newest, pack=request.scope)
        groups = await self._groups(questions)
        if request.query.get("order") != MOST_ASKED:
            groups = sorted(groups, key=lambda each: -each.head.message_id)
        page_number = whole_number(request.query.get("page", ""), LAST_PAGE) or 0
        end = (page_number + 1) * PAGE_SIZE
        shown = groups[page_number * PAGE_SIZE : end]
        asked = [question.message_id for each in shown for question in each.questions]
        return request.page(
            "unanswered.html",
            groups=shown,
            turns=await request.service.store.read(read_turns, [each.head.message_id for each in shown]),
            thumbs_down=await request.service.store.read(unanswered.thumbs_down, asked),
            page_number=page_number,
            more=len(groups) > end,
            order=request.query.get("order", ""),
            questions=len(questions),
            waiting=await request.service.store.read(unanswered.count, request.scope),
            by_words=any(question.embedding is None for question in questions),
            title=self._labels.title,
            likeliest=self._likeliest_topic,
            labels=self._labels.all(),
            shown=MAX_PHRASINGS_SHOWN,
            may_teach=request.member.may(TRAINER),
            may_edit=request.member.may(EDITOR),
            as_html=led,
            quoted=quoted,
        )

    async def decide(self, request: StaffRequest) -> Response:
        """Assign a label to all questions of a group, or dismiss them."""
        likeliest = request.form.get("likeliest", "")
        chosen, decision = message_ids(request), "assign" if likeliest else request.form.get("what", "")
        write, member = request.service.store.write, request.member.name
        questions = await request.service.store.read(unanswered.find_by_messages, chosen, request.scope)
        if decision == "assign":
            label = self._labels.choose(likeliest or request.form.get("label", ""))
            await write(_assign, [each.message_id for each in questions], *label.pair, member)
            told = _("Assigned to “%(title)s”") % {"title": label.title}
        else:
            await write(corrections.dismiss, chosen, decision, member)
            told = _("Correctly declined") if decision == corrections.RIGHT else _("Dismissed")
        if request.wants_fragment:
            return decided_row(request, told, questions[0].text if questions else "", chosen)
        return request.redirect(PATH + (f"?order={MOST_ASKED}" if request.form.get("order") == MOST_ASKED else ""))

    async def _groups(self, questions: list[Question]) -> list[Group]:
        embedded = tuple(question.message_id for question in questions if question.embedding is not None)
        state = (len(questions), *embedded)
        if state != self._cached[0]:
            self._cached = state, await asyncio.to_thread(group, questions, self._titles.anything_else())
        return self._cached[1]

    def _likeliest_topic(self, one: Group) -> str:
        """Return the title of the topic that the engine found likeliest for the newest question, or ""."""
        likeliest = one.head.topic
        return self._labels.title(likeliest) if likeliest not in ("", self._titles.anything_else()) else ""


def _assign(connection: Connection, message_ids: list[int], topic: str, intent: str, by: str) -> None:
    """Correct each text once and dismiss the messages that repeat it, which would teach nothing more."""
    seen, at = set(), now()
    for question in unanswered.find_by_messages(connection, message_ids):
        text = " ".join(question.text.lower().split())
        if text in seen:
            corrections.dismiss(connection, [question.message_id], corrections.DISMISSED, by, at)
        else:
            meaning = corrections.Meaning(topic, intent)
            corrections.correct(connection, question.message_id, question.text, meaning, by, at)
        seen.add(text)
