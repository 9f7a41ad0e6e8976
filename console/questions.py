"""Unanswered questions, grouped by meaning, and the drafts of topics that come of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from io import StringIO

from ruamel.yaml import YAML
from starlette.responses import Response

from console.doors import Door
from console.labels import Labels
from console.menu import REVIEW, Place
from console.visit import PageError, Visit
from conversations import corrections, drafts, unanswered
from conversations.asked import whole_number
from conversations.corrections import CorrectionError
from conversations.drafts import Draft, DraftError
from conversations.grouping import Group, group
from conversations.staff import ADVISER, TRAINER
from conversations.unanswered import Question

PATH, DRAFTS = "/staff/unanswered", "/staff/drafts"
A_PAGE = 30  # groups
MOST_ASKED = "most"
MOST_PAGES = 9999
MOST_IN_GROUP = 500  # messages that one form decides about
SHOWN = 6  # ways of asking that are shown of a group


class Questions:
    """`titles` gives the topics by key."""

    def __init__(self, titles: Callable[[], Mapping[str, str]]):
        self._labels = Labels(titles)
        self._grouped: tuple[tuple[int, ...], list[Group]] = ((), [])

    def doors(self) -> list[Door]:
        return [
            Door(PATH, self.show, ADVISER, menu=Place(REVIEW, "Unanswered")),
            Door(PATH, self.decide, TRAINER, "POST"),
            Door(DRAFTS, self.drafts, ADVISER, menu=Place(REVIEW, "Drafts")),
            Door(DRAFTS, self.save, TRAINER, "POST"),
            Door(f"{DRAFTS}/new", self.begin, TRAINER, "POST"),
            Door(DRAFTS + "/{draft}", self.edit, ADVISER),
            Door(DRAFTS + "/{draft}/file", self.file, ADVISER),
            Door(DRAFTS + "/{draft}/remove", self.remove, TRAINER, "POST"),
        ]

    async def show(self, visit: Visit) -> Response:
        """The groups: that with the newest question first, or with `order` most, the largest."""
        questions = await visit.desk.store.read(unanswered.newest)
        groups = await self._groups(questions)
        if visit.asked.get("order") != MOST_ASKED:
            groups = sorted(groups, key=lambda one: -one.head.message_id)
        start = _page_of(visit.asked.get("page", ""))
        return visit.page(
            "unanswered.html",
            groups=groups[start * A_PAGE : (start + 1) * A_PAGE],
            page_number=start,
            more=len(groups) > (start + 1) * A_PAGE,
            order=visit.asked.get("order", ""),
            questions=len(questions),
            waiting=await visit.desk.store.read(unanswered.how_many),
            by_words=any(one.meaning is None for one in questions),
            likeliest=self._likeliest,
            labels=self._labels.all(),
            shown=SHOWN,
            may_teach=visit.member.may(TRAINER),
        )

    async def decide(self, visit: Visit) -> Response:
        """About all questions of a group: what they mean, that it was right to decline them, or nothing."""
        message_ids, what = _numbers(visit.form.get("messages", "")), visit.form.get("what", "")
        if what == "draft":
            return await self.begin(visit)
        if what == "assign":
            label = self._labels.find(visit.form.get("label", ""))
            if label is None:
                raise PageError("That is neither a topic nor an intent. Choose one from the list.")
            await _write(visit, _assign, message_ids, *label.pair, visit.member.name)
        else:
            await _write(visit, corrections.judge, message_ids, what, visit.member.name)
        return visit.go_to(_same_page(visit))

    async def drafts(self, visit: Visit) -> Response:
        return visit.page("drafts.html", drafts=await visit.desk.store.read(drafts.listed), may_teach=_may_teach(visit))

    async def begin(self, visit: Visit) -> Response:
        """A draft of a topic, begun with the ways in which it was asked for."""
        asked = await visit.desk.store.read(unanswered.of_messages, _numbers(visit.form.get("messages", "")))
        texts = Group(tuple(asked)).texts if asked else []
        title = visit.form.get("title", "") or (texts[0] if texts else "")
        draft_id = await _write(visit, drafts.begin, title, texts, visit.member.name)
        return visit.go_to(f"{DRAFTS}/{draft_id}")

    async def edit(self, visit: Visit) -> Response:
        return visit.page("draft.html", draft=await _draft(visit), may_teach=_may_teach(visit))

    async def save(self, visit: Visit) -> Response:
        form = visit.form
        phrasings = [line.strip() for line in form.get("phrasings", "").splitlines()]
        content = form.get("title", ""), form.get("answer", ""), form.get("source", ""), phrasings
        await _write(visit, drafts.change, _number(form.get("draft", "")), *content, visit.member.name)
        return visit.go_to(DRAFTS)

    async def file(self, visit: Visit) -> Response:
        """The draft in the form of the knowledge's files, for somebody to check and put there."""
        draft = await _draft(visit)
        headers = {"Content-Disposition": f'attachment; filename="draft-{draft.id}.yml"'}
        return Response(as_yaml(draft), media_type="application/yaml", headers=headers)

    async def remove(self, visit: Visit) -> Response:
        await visit.desk.store.write(drafts.remove, _number(visit.part("draft")))
        return visit.go_to(DRAFTS)

    async def _groups(self, questions: list[Question]) -> list[Group]:
        """Grouped anew only where something came or went."""
        held = tuple(one.message_id for one in questions if one.meaning is not None)
        state = (len(questions), *held)
        if state != self._grouped[0]:
            self._grouped = state, await asyncio.to_thread(group, questions)
        return self._grouped[1]

    def _likeliest(self, one: Group) -> str:
        """The topic that the advisor itself thought likeliest for the newest question, by its title."""
        return self._labels.title(one.head.topic) if one.head.topic else ""


def as_yaml(draft: Draft) -> str:
    """As an entry of knowledge/guide/, with what is still to be done said at its top."""
    topic = {"key": "section/name", "title": draft.title, "answer": draft.answer or "TO BE WRITTEN"}
    out = StringIO()
    yaml = YAML()
    yaml.width = 120
    yaml.dump({"topics": [{**topic, "ask": list(draft.phrasings)}]}, out)
    source = draft.source or "none is given yet"
    return (
        f"# A draft by {draft.by}, {draft.at:%-d %B %Y}: TO BE CHECKED. Source: {' '.join(source.split())}\n"
        "# Put it into a file of knowledge/guide/ under a key of its own, once it is checked (docs/knowledge.md says how),\n"
        "# then run: ./advisor knowledge check\n" + out.getvalue()
    )


def _assign(connection, message_ids: list[int], topic: str, intent: str, who: str) -> None:
    """Each way of asking is learned once; those who asked in the same words have nothing more to teach."""
    seen = set()
    for one in unanswered.of_messages(connection, message_ids):
        words = " ".join(one.text.lower().split())
        if words in seen:
            corrections.judge(connection, [one.message_id], corrections.DISMISSED, who)
        else:
            corrections.correct(connection, one.message_id, one.text, topic, intent, who)
        seen.add(words)


async def _write(visit: Visit, job, *args):
    try:
        return await visit.desk.store.write(job, *args)
    except (CorrectionError, DraftError) as error:
        raise PageError(str(error)) from None


async def _draft(visit: Visit) -> Draft:
    draft = await visit.desk.store.read(drafts.find, _number(visit.part("draft")))
    if draft is None:
        raise PageError("There is no such draft. Somebody may have removed it.", 404)
    return draft


def _may_teach(visit: Visit) -> bool:
    return visit.member.may(TRAINER)


def _numbers(text: str) -> list[int]:
    numbers = [number for one in text.split(",") if (number := whole_number(one)) is not None]
    if not numbers or len(numbers) > MOST_IN_GROUP:
        raise PageError("Choose a group of questions first; load the page again if it is old.")
    return numbers


def _number(text: str) -> int:
    return whole_number(text) or 0


def _page_of(text: str) -> int:
    return whole_number(text, MOST_PAGES) or 0


def _same_page(visit: Visit) -> str:
    return PATH + (f"?order={MOST_ASKED}" if visit.form.get("order") == MOST_ASKED else "")
