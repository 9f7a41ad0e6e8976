"""Unanswered questions, clustered by meaning, and the topic drafts that begin with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from io import StringIO

from ruamel.yaml import YAML
from sqlalchemy import Connection
from starlette.responses import Response

from console.views.learning.decisions import decided_row, message_ids
from console.web.context import ConsoleContext
from console.web.labels import Labels
from console.web.message_html import as_html, quoted
from console.web.request import PageError, StaffRequest
from console.web.routing import REVIEW, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.db.schema import now
from conversations.input_parsing import whole_number
from conversations.learning import corrections, topic_drafts, unanswered
from conversations.learning.clustering import Cluster, cluster
from conversations.learning.topic_drafts import TopicDraft
from conversations.learning.unanswered import Question
from conversations.review.transcript import read_turns

PATH, DRAFTS_PATH = "/staff/unanswered", "/staff/drafts"
PAGE_SIZE = 30  # clusters
MOST_ASKED = "most"
LAST_PAGE = 9999
MAX_PHRASINGS_SHOWN = 6  # of a cluster


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = UnansweredPages(context.titles.all)
    return [
        StaffRoute(PATH, pages.show, ADVISER, menu=MenuItem(REVIEW, "Unanswered", badge="unanswered")),
        StaffRoute(PATH, pages.decide, TRAINER, "POST"),
        StaffRoute(DRAFTS_PATH, show_drafts, ADVISER, menu=MenuItem(REVIEW, "Drafts")),
        StaffRoute(DRAFTS_PATH, save_draft, TRAINER, "POST"),
        StaffRoute(f"{DRAFTS_PATH}/new", create_draft, TRAINER, "POST"),
        StaffRoute(DRAFTS_PATH + "/{draft}", show_draft, ADVISER),
        StaffRoute(DRAFTS_PATH + "/{draft}/file", download_draft, ADVISER),
        StaffRoute(DRAFTS_PATH + "/{draft}/remove", remove_draft, TRAINER, "POST"),
    ]


class UnansweredPages:
    """The list of clusters, computed again when questions come or go; `titles` returns the topics' titles by key."""

    def __init__(self, titles: Callable[[], Mapping[str, str]]) -> None:
        self._labels = Labels(titles)
        self._cached: tuple[tuple[int, ...], list[Cluster]] = ((), [])

    async def show(self, request: StaffRequest) -> Response:
        """Show the clusters by their newest question or, with `order=most`, by size."""
        questions = await request.service.store.read(unanswered.list_newest)
        clusters = await self._clusters(questions)
        if request.query.get("order") != MOST_ASKED:
            clusters = sorted(clusters, key=lambda group: -group.head.message_id)
        page_number = whole_number(request.query.get("page", ""), LAST_PAGE) or 0
        end = (page_number + 1) * PAGE_SIZE
        shown = clusters[page_number * PAGE_SIZE : end]
        return request.page(
            "unanswered.html",
            groups=shown,
            turns=await request.service.store.read(read_turns, [group.head.message_id for group in shown]),
            page_number=page_number,
            more=len(clusters) > end,
            order=request.query.get("order", ""),
            questions=len(questions),
            waiting=await request.service.store.read(unanswered.count),
            by_words=any(question.embedding is None for question in questions),
            likeliest=self._likeliest_topic,
            labels=self._labels.all(),
            shown=MAX_PHRASINGS_SHOWN,
            may_teach=request.member.may(TRAINER),
            as_html=as_html,
            quoted=quoted,
        )

    async def decide(self, request: StaffRequest) -> Response:
        """Assign a label to all questions of a cluster, dismiss them, or begin a draft with them."""
        likeliest = request.form.get("likeliest", "")
        chosen, decision = message_ids(request), "assign" if likeliest else request.form.get("what", "")
        write, member = request.service.store.write, request.member.name
        if decision == "draft":
            return await create_draft(request)
        questions = await request.service.store.read(unanswered.find_by_messages, chosen)
        if decision == "assign":
            label = self._labels.choose(likeliest or request.form.get("label", ""))
            await write(_assign, chosen, *label.pair, member)
            told = f"Assigned to “{label.title}”"
        else:
            await write(corrections.dismiss, chosen, decision, member)
            told = "Correctly declined" if decision == corrections.RIGHT else "Dismissed"
        if request.wants_fragment:
            return decided_row(request, told, questions[0].text if questions else "", chosen)
        return request.redirect(PATH + (f"?order={MOST_ASKED}" if request.form.get("order") == MOST_ASKED else ""))

    async def _clusters(self, questions: list[Question]) -> list[Cluster]:
        embedded = tuple(question.message_id for question in questions if question.embedding is not None)
        state = (len(questions), *embedded)
        if state != self._cached[0]:
            self._cached = state, await asyncio.to_thread(cluster, questions)
        return self._cached[1]

    def _likeliest_topic(self, group: Cluster) -> str:
        """Return the title of the topic that the engine found likeliest for the newest question, or ""."""
        return self._labels.title(group.head.topic) if group.head.topic else ""


async def show_drafts(request: StaffRequest) -> Response:
    """Show all topic drafts."""
    drafts = await request.service.store.read(topic_drafts.list_all)
    return request.page("topic-drafts.html", drafts=drafts, may_teach=request.member.may(TRAINER))


async def create_draft(request: StaffRequest) -> Response:
    """Begin a draft with the questions that the form names as its phrasings."""
    questions = await request.service.store.read(unanswered.find_by_messages, message_ids(request))
    texts = Cluster(tuple(questions)).texts if questions else []
    title = request.form.get("title", "") or (texts[0] if texts else "")
    draft_id = await request.service.store.write(topic_drafts.create, title, texts, request.member.name)
    return request.redirect(f"{DRAFTS_PATH}/{draft_id}")


async def show_draft(request: StaffRequest) -> Response:
    """Show the form of a draft."""
    return request.page("topic-draft.html", draft=await _draft(request), may_teach=request.member.may(TRAINER))


async def save_draft(request: StaffRequest) -> Response:
    """Save a draft."""
    form = request.form
    phrasings = [line.strip() for line in form.get("phrasings", "").splitlines()]
    content = form.get("title", ""), form.get("answer", ""), form.get("source", ""), phrasings
    draft_id = whole_number(form.get("draft", "")) or 0
    await request.service.store.write(topic_drafts.edit, draft_id, *content, request.member.name)
    return request.redirect(DRAFTS_PATH)


async def download_draft(request: StaffRequest) -> Response:
    """Return a draft as a file in the form of the guide."""
    draft = await _draft(request)
    headers = {"Content-Disposition": f'attachment; filename="draft-{draft.id}.yml"'}
    return Response(as_yaml(draft), media_type="application/yaml", headers=headers)


async def remove_draft(request: StaffRequest) -> Response:
    """Delete a draft."""
    draft_id = whole_number(request.path_param("draft")) or 0
    await request.service.store.write(topic_drafts.remove, draft_id)
    return request.redirect(DRAFTS_PATH)


def as_yaml(draft: TopicDraft) -> str:
    """Return a draft as an entry of knowledge/guide/, with a comment that says what is still to be done."""
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


async def _draft(request: StaffRequest) -> TopicDraft:
    draft_id = whole_number(request.path_param("draft")) or 0
    draft = await request.service.store.read(topic_drafts.find, draft_id)
    if draft is None:
        raise PageError("There is no such draft. Somebody may have removed it.", 404)
    return draft
