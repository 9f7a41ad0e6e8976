"""Correcting what the advisor took wrongly: the chooser for one message, and the list of what is corrected or in doubt."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.responses import Response

from console.doors import Door
from console.labels import Labels
from console.lessons import Trouble
from console.menu import REVIEW, Place
from console.said import plain
from console.visit import PageError, Visit
from conversations import corrections, talks
from conversations.asked import whole_number
from conversations.corrections import COLLECTED, RELEASED, Correction, CorrectionError
from conversations.masking import mask
from conversations.staff import ADVISER, TRAINER
from conversations.transcript import Said, said

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


class Teaching:
    """`titles` gives the topics by key; the project's sources in `root` say what is taught already."""

    def __init__(self, titles: Callable[[], Mapping[str, str]], root: Path):
        self._labels, self._trouble = Labels(titles), Trouble(root)

    def doors(self) -> list[Door]:
        return [
            Door(PATH, self.listed, ADVISER, menu=Place(REVIEW, "Corrections")),
            Door(f"{PATH}/judge", self.judge, TRAINER, "POST"),
            Door(f"{PATH}/file", self.file, TRAINER),
            Door(f"{MESSAGE}/correct", self.choose, TRAINER),
            Door(f"{MESSAGE}/correct", self.correct, TRAINER, "POST"),
            Door(f"{MESSAGE}/undecided", self.undecided, TRAINER, "POST"),
            Door("/staff/conversations/{conversation}/test", self.keep_as_test, TRAINER, "POST"),
        ]

    async def choose(self, visit: Visit) -> Response:
        """What a message may mean: the runners-up first, each under a digit, then everything there is."""
        return await self._chooser(visit)

    async def correct(self, visit: Visit) -> Response:
        message_id = _number(visit.part("message"))
        label = self._labels.find(visit.form.get("label") or visit.form.get("other", ""))
        if label is None:
            raise PageError("That is neither a topic nor an intent. Choose one from the list.")
        await _decide(
            visit, corrections.correct, message_id, visit.form.get("text", ""), *label.pair, visit.member.name
        )
        return visit.go_to(_back(visit, await _place(visit, message_id)))

    async def undecided(self, visit: Visit) -> Response:
        """Take back what was decided about a message."""
        message_id = _number(visit.part("message"))
        await visit.desk.store.write(corrections.undecided, [message_id])
        return visit.go_to(_back(visit, await _place(visit, message_id)))

    async def judge(self, visit: Visit) -> Response:
        """Nothing is to be done about a message that somebody did not like the answer to."""
        message_id = _number(visit.form.get("message", ""))
        await _decide(visit, corrections.judge, [message_id], visit.form.get("what", ""), visit.member.name)
        return visit.go_to(PATH)

    async def listed(self, visit: Visit) -> Response:
        """What is in doubt, what is collected for the next release, and what the last ones learned."""
        read = visit.desk.store.read
        collected = await read(corrections.listed, COLLECTED)
        return visit.page(
            "corrections.html",
            doubts=await read(corrections.doubts),
            collected=collected,
            trouble=await self._trouble.of(collected),
            released=await read(corrections.listed, RELEASED, 50),
            tests=await read(talks.listed),
            label=self._labels.title,
            may_teach=visit.member.may(TRAINER),
            plain=lambda text: plain(text, False),
        )

    async def file(self, visit: Visit) -> Response:
        """What is collected, as `advisor release FILE` reads it."""
        lines = [lesson_line(one) for one in await visit.desk.store.read(corrections.listed, COLLECTED, None)]
        headers = {"Content-Disposition": 'attachment; filename="lessons.jsonl"'}
        return Response("".join(lines), media_type="application/jsonl", headers=headers)

    async def keep_as_test(self, visit: Visit) -> Response:
        """Turn a conversation into a test: from the next release on, it must go as it went, or as it was corrected."""
        conversation_id = visit.part("conversation")
        try:
            await visit.desk.store.write(talks.keep, conversation_id, visit.member.name)
        except talks.TalkError as error:
            raise PageError(str(error)) from None
        return visit.go_to(f"{PATH}#tests")

    async def _chooser(self, visit: Visit) -> Response:
        one = await visit.desk.store.read(said, _number(visit.part("message")))
        if one is None or not one.message.is_inbound:
            raise PageError(GONE, 404)
        noted = await visit.desk.store.read(corrections.find, one.message.id)
        return visit.page(
            "correct-form.html" if visit.wants_part else "correct.html",
            heading="h2" if visit.wants_part else "h1",
            one=one,
            noted=noted,
            text=noted.text if noted else mask(one.message.text),
            choices=self._choices(one),
            labels=self._labels.all(),
            taken_for=self._labels.title(one.message.topic or one.intent),
            next=_back(visit, ""),
            plain=lambda text: plain(text, False),
        )

    def _choices(self, one: Said) -> list[Choice]:
        taken_for = one.message.topic or one.intent
        weighed = [*one.topics, *one.intents]
        found = {each.name: each.share for each in weighed if each.name not in (taken_for, corrections.ASK_TOPIC)}
        known = [(name, share) for name, share in found.items() if self._labels.knows(name)]
        ranked = sorted(known, key=lambda pair: -pair[1])[:MOST_CHOICES]
        return [Choice(name, self._labels.title(name), share) for name, share in ranked]


def lesson_line(one: Correction) -> str:
    """A correction as a line of a file of lessons (knowledge/lessons.py)."""
    meant = {"topic": one.topic} if one.topic else {"intent": one.intent}
    return json.dumps({"text": one.text, **meant, "id": str(one.message_id)}, ensure_ascii=False) + "\n"


async def _decide(visit: Visit, decide, *args) -> None:
    try:
        await visit.desk.store.write(decide, *args)
    except CorrectionError as error:
        raise PageError(str(error)) from None


async def _place(visit: Visit, message_id: int) -> str:
    """Where a message stands in its transcript."""
    one = await visit.desk.store.read(said, message_id)
    return f"/staff/conversations/{one.message.conversation_id}#m{message_id}" if one else PATH


def _back(visit: Visit, otherwise: str) -> str:
    """The console's page that a form names, and no other site's."""
    wanted = visit.form.get("next") or visit.asked.get("next", "")
    return wanted if wanted.startswith("/staff/") else otherwise


def _number(text: str) -> int:
    number = whole_number(text)
    if number is None:
        raise PageError(GONE, 404)
    return number
