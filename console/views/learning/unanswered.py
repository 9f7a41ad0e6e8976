"""Unanswered questions, grouped by meaning, and the drafts of topics that come of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from io import StringIO

from ruamel.yaml import YAML
from starlette.responses import Response

from console.web.labels import Labels
from console.web.navigation import REVIEW, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.input_parsing import whole_number
from conversations.learning import corrections, topic_drafts, unanswered
from conversations.learning.clustering import Cluster, cluster
from conversations.learning.corrections import CorrectionError
from conversations.learning.topic_drafts import DraftError, TopicDraft
from conversations.learning.unanswered import Question

PATH, DRAFTS = "/staff/unanswered", "/staff/drafts"
A_PAGE = 30  # groups
MOST_ASKED = "most"
MOST_PAGES = 9999
MOST_IN_GROUP = 500  # messages that one form decides about
SHOWN = 6  # ways of asking that are shown of a group


class UnansweredPages:
    """`titles` gives the topics by key."""

    def __init__(self, titles: Callable[[], Mapping[str, str]]):
        self._labels = Labels(titles)
        self._grouped: tuple[tuple[int, ...], list[Cluster]] = ((), [])

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(PATH, self.show, ADVISER, menu=MenuItem(REVIEW, "Unanswered")),
            StaffRoute(PATH, self.decide, TRAINER, "POST"),
            StaffRoute(DRAFTS, self.drafts, ADVISER, menu=MenuItem(REVIEW, "Drafts")),
            StaffRoute(DRAFTS, self.save, TRAINER, "POST"),
            StaffRoute(f"{DRAFTS}/new", self.begin, TRAINER, "POST"),
            StaffRoute(DRAFTS + "/{draft}", self.edit, ADVISER),
            StaffRoute(DRAFTS + "/{draft}/file", self.file, ADVISER),
            StaffRoute(DRAFTS + "/{draft}/remove", self.remove, TRAINER, "POST"),
        ]

    async def show(self, request: StaffRequest) -> Response:
        """The groups: that with the newest question first, or with `order` most, the largest."""
        questions = await request.service.store.read(unanswered.list_newest)
        groups = await self._groups(questions)
        if request.asked.get("order") != MOST_ASKED:
            groups = sorted(groups, key=lambda one: -one.head.message_id)
        start = _page_of(request.asked.get("page", ""))
        return request.page(
            "unanswered.html",
            groups=groups[start * A_PAGE : (start + 1) * A_PAGE],
            page_number=start,
            more=len(groups) > (start + 1) * A_PAGE,
            order=request.asked.get("order", ""),
            questions=len(questions),
            waiting=await request.service.store.read(unanswered.count),
            by_words=any(one.embedding is None for one in questions),
            likeliest=self._likeliest,
            labels=self._labels.all(),
            shown=SHOWN,
            may_teach=request.member.may(TRAINER),
        )

    async def decide(self, request: StaffRequest) -> Response:
        """About all questions of a group: what they mean, that it was right to decline them, or nothing."""
        message_ids, what = _numbers(request.form.get("messages", "")), request.form.get("what", "")
        if what == "draft":
            return await self.begin(request)
        if what == "assign":
            label = self._labels.find(request.form.get("label", ""))
            if label is None:
                raise PageError("That is neither a topic nor an intent. Choose one from the list.")
            await _write(request, _assign, message_ids, *label.pair, request.member.name)
        else:
            await _write(request, corrections.dismiss, message_ids, what, request.member.name)
        return request.go_to(_same_page(request))

    async def drafts(self, request: StaffRequest) -> Response:
        return request.page(
            "drafts.html", drafts=await request.service.store.read(topic_drafts.list_all), may_teach=_may_teach(request)
        )

    async def begin(self, request: StaffRequest) -> Response:
        """A draft of a topic, begun with the ways in which it was asked for."""
        asked = await request.service.store.read(
            unanswered.find_by_messages, _numbers(request.form.get("messages", ""))
        )
        texts = Cluster(tuple(asked)).texts if asked else []
        title = request.form.get("title", "") or (texts[0] if texts else "")
        draft_id = await _write(request, topic_drafts.create, title, texts, request.member.name)
        return request.go_to(f"{DRAFTS}/{draft_id}")

    async def edit(self, request: StaffRequest) -> Response:
        return request.page("draft.html", draft=await _draft(request), may_teach=_may_teach(request))

    async def save(self, request: StaffRequest) -> Response:
        form = request.form
        phrasings = [line.strip() for line in form.get("phrasings", "").splitlines()]
        content = form.get("title", ""), form.get("answer", ""), form.get("source", ""), phrasings
        await _write(request, topic_drafts.edit, _number(form.get("draft", "")), *content, request.member.name)
        return request.go_to(DRAFTS)

    async def file(self, request: StaffRequest) -> Response:
        """The draft in the form of the knowledge's files, for somebody to check and put there."""
        draft = await _draft(request)
        headers = {"Content-Disposition": f'attachment; filename="draft-{draft.id}.yml"'}
        return Response(as_yaml(draft), media_type="application/yaml", headers=headers)

    async def remove(self, request: StaffRequest) -> Response:
        await request.service.store.write(topic_drafts.remove, _number(request.part("draft")))
        return request.go_to(DRAFTS)

    async def _groups(self, questions: list[Question]) -> list[Cluster]:
        """Grouped anew only where something came or went."""
        held = tuple(one.message_id for one in questions if one.embedding is not None)
        state = (len(questions), *held)
        if state != self._grouped[0]:
            self._grouped = state, await asyncio.to_thread(cluster, questions)
        return self._grouped[1]

    def _likeliest(self, one: Cluster) -> str:
        """The topic that the advisor itself thought likeliest for the newest question, by its title."""
        return self._labels.title(one.head.topic) if one.head.topic else ""


def as_yaml(draft: TopicDraft) -> str:
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
    for one in unanswered.find_by_messages(connection, message_ids):
        words = " ".join(one.text.lower().split())
        if words in seen:
            corrections.dismiss(connection, [one.message_id], corrections.DISMISSED, who)
        else:
            corrections.correct(connection, one.message_id, one.text, topic, intent, who)
        seen.add(words)


async def _write(request: StaffRequest, job, *args):
    try:
        return await request.service.store.write(job, *args)
    except (CorrectionError, DraftError) as error:
        raise PageError(str(error)) from None


async def _draft(request: StaffRequest) -> TopicDraft:
    draft = await request.service.store.read(topic_drafts.find, _number(request.part("draft")))
    if draft is None:
        raise PageError("There is no such draft. Somebody may have removed it.", 404)
    return draft


def _may_teach(request: StaffRequest) -> bool:
    return request.member.may(TRAINER)


def _numbers(text: str) -> list[int]:
    numbers = [number for one in text.split(",") if (number := whole_number(one)) is not None]
    if not numbers or len(numbers) > MOST_IN_GROUP:
        raise PageError("Choose a group of questions first; load the page again if it is old.")
    return numbers


def _number(text: str) -> int:
    return whole_number(text) or 0


def _page_of(text: str) -> int:
    return whole_number(text, MOST_PAGES) or 0


def _same_page(request: StaffRequest) -> str:
    return PATH + (f"?order={MOST_ASKED}" if request.form.get("order") == MOST_ASKED else "")
