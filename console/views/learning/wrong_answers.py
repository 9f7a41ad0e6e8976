"""The answer is wrong: a form for the reason, which goes to whoever keeps the entry that the answer comes from."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from console.views.learning.corrections import MESSAGE_NOT_FOUND, MESSAGE_PATH, next_path
from console.views.learning.decisions import decided_row
from console.web.context import ConsoleContext
from console.web.message_html import as_html, plain
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import StaffRoute
from console.web.topic_titles import TopicTitles
from conversations.accounts.accounts import TRAINER
from conversations.pii import mask
from conversations.review import wrong_answers
from conversations.review.transcript import TranscriptTurn, read_turns
from conversations.review.wrong_answers import PublishedEntry
from core.guide_pack import sources_dir
from core.translations import gettext as _
from core.translations import marked
from knowledge.editing.draft_check import SourceChecks
from knowledge.editing.entries import kind_and_key

PATH = f"{MESSAGE_PATH}/wrong"
DRAFT_PATH = "/staff/drafts"
NO_TOPIC = marked("Choose the topic that the answer should come from; its draft takes the reason.")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of the form."""
    form = WrongAnswerForm(context.titles, SourceChecks(sources_dir(context.settings)))
    return [StaffRoute(PATH, form.show, TRAINER), StaffRoute(PATH, form.report, TRAINER, "POST")]


class WrongAnswerForm:
    """The form. `titles` are those of the topics, `sources` hold their entries."""

    def __init__(self, titles: TopicTitles, sources: SourceChecks) -> None:
        self._titles, self._sources = titles, sources

    async def show(self, request: StaffRequest) -> Response:
        """Show the answer to a message, and ask what is wrong with it."""
        turn = await _turn(request)
        number, topic = turn.question.message.id, _topic_of(turn)
        remarks = await request.service.store.read(wrong_answers.remarks)
        return request.page(
            "wrong-answer-form.html" if request.wants_fragment else "wrong-answer.html",
            heading="h2" if request.wants_fragment else "h1",
            one=turn.question,
            turn=turn,
            told=remarks.get(number),
            topic=self._titles.all().get(topic, ""),
            titles=list(self._titles.all().values()),
            next=next_path(request, ""),
            longest=wrong_answers.LONGEST_REASON,
            as_html=as_html,
            plain=lambda text: plain(text, False),
        )

    async def report(self, request: StaffRequest) -> Response:
        """Note the reason on a draft of the topic; the message is decided about."""
        question = (await _turn(request)).question.message
        title = request.form.get("topic", "").strip().casefold()
        key = next((key for key, each in self._titles.all().items() if title in (key, each.casefold())), "")
        entry = await self._published(key)
        reason, write = request.form.get("reason", ""), request.service.store.write
        await write(wrong_answers.report, question.id, reason, entry, request.member.name, request.pack)
        if request.wants_fragment:
            return decided_row(
                request,
                _("Wrong answer, noted on “%(title)s”") % {"title": self._titles(key)},
                mask(question.text),
                [question.id],
            )
        return request.redirect(next_path(request, f"/staff/conversations/{question.conversation_id}#m{question.id}"))

    async def _published(self, key: str) -> PublishedEntry:
        """Return a topic's entry; raises PageError without one."""
        live = await asyncio.to_thread(self._sources.entries)
        kind, own_key = kind_and_key(key)
        entry = live.get((kind, own_key)) if key else None
        if entry is None:
            raise PageError(_(NO_TOPIC))
        return PublishedEntry(kind, own_key, entry.content, entry.fingerprint)


async def _turn(request: StaffRequest) -> TranscriptTurn:
    """Return the turn that began with the message of the path; raises PageError without one."""
    number = required_number(request.path_param("message"), _(MESSAGE_NOT_FOUND))
    turns = await request.service.store.read(read_turns, [number])
    if number not in turns or not turns[number].question.message.is_inbound:
        raise PageError(_(MESSAGE_NOT_FOUND), 404)
    return turns[number]


def _topic_of(turn: TranscriptTurn) -> str:
    """Return the topic of the answer or, if it has none, the one that the question was taken for."""
    topics = [each.message.topic for each in (*turn.replies, turn.question)]
    return next((topic for topic in topics if topic), "")
