"""Correcting what the advisor took wrongly: the chooser for one message, and the list of what is corrected or in doubt."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from console.views.learning.correction_checks import CorrectionChecks
from console.web.labels import Labels
from console.web.message_html import plain
from console.web.navigation import REVIEW, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.input_parsing import whole_number
from conversations.learning import corrections, regression_conversations
from conversations.learning.corrections import COLLECTED, RELEASED, Correction, CorrectionError
from conversations.pii import mask
from conversations.review.transcript import TranscriptMessage, read_message

PATH = "/staff/corrections"
MESSAGE = "/staff/messages/{message}"
GONE = "There is no such message. It may have been deleted, by its owner or because it was kept long enough."
MOST_CHOICES = 9  # what a digit can choose


@dataclass(frozen=True)
class Choice:
    """What a message may mean, with how sure the advisor was of it."""

    label: str
    title: str
    share: float


class CorrectionPages:
    """`titles` gives the topics by key; the project's sources in `root` say what is taught already."""

    def __init__(self, titles: Callable[[], Mapping[str, str]], root: Path):
        self._labels, self._trouble = Labels(titles), CorrectionChecks(root)

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(PATH, self.listed, ADVISER, menu=MenuItem(REVIEW, "Corrections")),
            StaffRoute(f"{PATH}/judge", self.judge, TRAINER, "POST"),
            StaffRoute(f"{PATH}/file", self.file, TRAINER),
            StaffRoute(f"{MESSAGE}/correct", self.choose, TRAINER),
            StaffRoute(f"{MESSAGE}/correct", self.correct, TRAINER, "POST"),
            StaffRoute(f"{MESSAGE}/undecided", self.undecided, TRAINER, "POST"),
            StaffRoute("/staff/conversations/{conversation}/test", self.keep_as_test, TRAINER, "POST"),
        ]

    async def choose(self, request: StaffRequest) -> Response:
        """What a message may mean: the runners-up first, each under a digit, then everything there is."""
        return await self._chooser(request)

    async def correct(self, request: StaffRequest) -> Response:
        message_id = _number(request.part("message"))
        label = self._labels.find(request.form.get("label") or request.form.get("other", ""))
        if label is None:
            raise PageError("That is neither a topic nor an intent. Choose one from the list.")
        await _decide(
            request, corrections.correct, message_id, request.form.get("text", ""), *label.pair, request.member.name
        )
        return request.go_to(_back(request, await _place(request, message_id)))

    async def undecided(self, request: StaffRequest) -> Response:
        """Take back what was decided about a message."""
        message_id = _number(request.part("message"))
        await request.service.store.write(corrections.undo, [message_id])
        return request.go_to(_back(request, await _place(request, message_id)))

    async def judge(self, request: StaffRequest) -> Response:
        """Nothing is to be done about a message that somebody did not like the answer to."""
        message_id = _number(request.form.get("message", ""))
        await _decide(request, corrections.dismiss, [message_id], request.form.get("what", ""), request.member.name)
        return request.go_to(PATH)

    async def listed(self, request: StaffRequest) -> Response:
        """What is in doubt, what is collected for the next release, and what the last ones learned."""
        read = request.service.store.read
        collected = await read(corrections.list_by_state, COLLECTED)
        return request.page(
            "corrections.html",
            doubts=await read(corrections.disputed_answers),
            collected=collected,
            trouble=await self._trouble.of(collected),
            released=await read(corrections.list_by_state, RELEASED, 50),
            tests=await read(regression_conversations.list_all),
            label=self._labels.title,
            may_teach=request.member.may(TRAINER),
            plain=lambda text: plain(text, False),
        )

    async def file(self, request: StaffRequest) -> Response:
        """What is collected, as `advisor release FILE` reads it."""
        lines = [
            lesson_line(one) for one in await request.service.store.read(corrections.list_by_state, COLLECTED, None)
        ]
        headers = {"Content-Disposition": 'attachment; filename="lessons.jsonl"'}
        return Response("".join(lines), media_type="application/jsonl", headers=headers)

    async def keep_as_test(self, request: StaffRequest) -> Response:
        """Turn a conversation into a test: from the next release on, it must go as it went, or as it was corrected."""
        conversation_id = request.part("conversation")
        try:
            await request.service.store.write(regression_conversations.save, conversation_id, request.member.name)
        except regression_conversations.RegressionConversationError as error:
            raise PageError(str(error)) from None
        return request.go_to(f"{PATH}#tests")

    async def _chooser(self, request: StaffRequest) -> Response:
        one = await request.service.store.read(read_message, _number(request.part("message")))
        if one is None or not one.message.is_inbound:
            raise PageError(GONE, 404)
        noted = await request.service.store.read(corrections.find, one.message.id)
        return request.page(
            "correct-form.html" if request.wants_part else "correct.html",
            heading="h2" if request.wants_part else "h1",
            one=one,
            noted=noted,
            text=noted.text if noted else mask(one.message.text),
            choices=self._choices(one),
            labels=self._labels.all(),
            taken_for=self._labels.title(one.message.topic or one.intent),
            next=_back(request, ""),
            plain=lambda text: plain(text, False),
        )

    def _choices(self, one: TranscriptMessage) -> list[Choice]:
        taken_for = one.message.topic or one.intent
        weighed = [*one.topics, *one.intents]
        found = {each.name: each.share for each in weighed if each.name not in (taken_for, corrections.ASK_TOPIC)}
        known = [(name, share) for name, share in found.items() if self._labels.knows(name)]
        ranked = sorted(known, key=lambda pair: -pair[1])[:MOST_CHOICES]
        return [Choice(name, self._labels.title(name), share) for name, share in ranked]


def lesson_line(one: Correction) -> str:
    """A correction as a line of a file of lessons (training/lessons.py)."""
    meant = {"topic": one.topic} if one.topic else {"intent": one.intent}
    return json.dumps({"text": one.text, **meant, "id": str(one.message_id)}, ensure_ascii=False) + "\n"


async def _decide(request: StaffRequest, decide, *args) -> None:
    try:
        await request.service.store.write(decide, *args)
    except CorrectionError as error:
        raise PageError(str(error)) from None


async def _place(request: StaffRequest, message_id: int) -> str:
    """Where a message stands in its transcript."""
    one = await request.service.store.read(read_message, message_id)
    return f"/staff/conversations/{one.message.conversation_id}#m{message_id}" if one else PATH


def _back(request: StaffRequest, otherwise: str) -> str:
    """The console's page that a form names, and no other site's."""
    wanted = request.form.get("next") or request.asked.get("next", "")
    return wanted if wanted.startswith("/staff/") else otherwise


def _number(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise PageError(GONE, 404)
    return number
