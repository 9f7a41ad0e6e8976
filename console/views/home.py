"""The home page: what needs attention now, for each role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from starlette.responses import Response

from console.views.learning import knowledge
from console.web.context import ConsoleContext
from console.web.request import StaffRequest
from console.web.routing import NOW, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER, VIEWER
from conversations.analytics import dashboard
from conversations.editing import entry_drafts
from conversations.handoff import contact_requests, queue
from conversations.learning import corrections, unanswered
from conversations.local_days import midnight
from conversations.pii import mask
from core.translations import gettext as _
from core.translations import marked_plural

PATH = "/staff"


EXAMPLES = 3  # of each kind of work, shown under its number


@dataclass(frozen=True)
class Example:
    """A thing of a Todo that can be opened at once, in the visitor's words or by its title; `at` is since when it waits."""

    text: str
    path: str
    at: datetime


@dataclass(frozen=True)
class Todo:
    """Work that waits for staff at `path`.

    `singular` and `plural` are the words after the count, `more` is a second sentence, `examples` the first things that wait.
    Nothing is shown for a count of 0.
    """

    count: int
    singular: str
    plural: str
    path: str
    more: str = ""
    urgent: bool = False
    at_least: bool = False  # there may be more
    examples: tuple[Example, ...] = ()


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    todos: tuple[
        tuple[str, Callable[[StaffRequest], Awaitable[Todo]]], ...
    ] = (  # with the role that can deal with them
        (ADVISER, _waiting),
        (VIEWER, _failed),
        (ADVISER, _contact_requests),
        (VIEWER, _satisfaction),
        (ADVISER, _unanswered),
        (ADVISER, _disputed),
        (ADVISER, _assigned),
        (TRAINER, _collected),
        (VIEWER, partial(_overdue, context)),
    )

    async def show(request: StaffRequest) -> Response:
        """Show what the member's role can deal with."""
        counted = [await count(request) for role, count in todos if request.member.may(role)]
        template = "home-todos.html" if request.wants_fragment else "home.html"
        return request.page(template, todos=[todo for todo in counted if todo.count])

    return [StaffRoute(PATH, show, VIEWER, menu=MenuItem(NOW, "Home"))]


async def _waiting(request: StaffRequest) -> Todo:
    count = await request.service.store.read(queue.count_waiting)
    longest = await request.service.store.read(queue.longest_waiting, EXAMPLES)
    examples = tuple(
        Example(
            one.words[-1] if one.words else "",
            f"{_conversation(one.conversation.id)}#end",
            one.conversation.state_since,
        )
        for one in longest
    )
    words = marked_plural("person is waiting", "people are waiting")
    return Todo(count, *words, "/staff/waiting", urgent=True, examples=examples)


async def _failed(request: StaffRequest) -> Todo:
    count = await request.service.store.read(dashboard.count_failed_messages)
    newest = await request.service.store.read(dashboard.newest_failed_messages, EXAMPLES)
    words = marked_plural("message got no answer", "messages got no answer")
    path = "/staff/conversations?outcome=failed&mark=unreviewed"
    examples = tuple(_said(one.text, one.conversation_id, one.id, one.at) for one in newest)
    return Todo(count, *words, path, urgent=True, examples=examples)


async def _contact_requests(request: StaffRequest) -> Todo:
    found = await request.service.store.read(contact_requests.open_contact_requests)
    examples = tuple(
        Example(mask(one.text or one.contact), f"/staff/contacts#contact-row-{one.id}", one.at)
        for one in found[:EXAMPLES]
    )
    words = marked_plural("person wants to be reached", "people want to be reached")
    return Todo(len(found), *words, "/staff/contacts", examples=examples)


async def _satisfaction(request: StaffRequest) -> Todo:
    """Count 1 if the share of thumbs up has dropped, else 0."""
    trend = await request.service.store.read(dashboard.satisfaction)
    more = _(
        "%(lately)s of %(lately_of)d thumbs were up in the last seven days, "
        "%(before)s of %(before_of)d in the four weeks before."
    )
    shares = {"lately": f"{trend.lately:.0%}", "before": f"{trend.before:.0%}"}
    more %= {**shares, "lately_of": trend.lately_of, "before_of": trend.before_of}
    words = marked_plural("sign that people are less content", "signs that people are less content")
    return Todo(int(trend.dropped), *words, "/staff/conversations?feedback=down", more)


async def _unanswered(request: StaffRequest) -> Todo:
    count = await request.service.store.read(unanswered.count, request.scope)
    newest = await request.service.store.read(unanswered.list_newest, EXAMPLES, pack=request.scope)
    examples = tuple(_said(one.unmasked_text, one.conversation_id, one.message_id, one.at) for one in newest)
    words = marked_plural("question was not answered", "questions were not answered")
    return Todo(count, *words, "/staff/unanswered", examples=examples)


async def _disputed(request: StaffRequest) -> Todo:
    disputed = await request.service.store.read(corrections.disputed_answers, pack=request.scope)
    examples = tuple(_said(one.text, one.conversation_id, one.message_id, one.at) for one in disputed[:EXAMPLES])
    at_least = len(disputed) == corrections.MOST_DISPUTED
    words = marked_plural("answer needs checking", "answers need checking")
    return Todo(len(disputed), *words, "/staff/corrections", at_least=at_least, examples=examples)


async def _assigned(request: StaffRequest) -> Todo:
    drafts = await request.service.store.read(entry_drafts.list_assigned, request.member.name)
    examples = tuple(Example(one.title, f"/staff/drafts/{one.id}", one.at) for one in drafts[:EXAMPLES])
    words = marked_plural("draft waits for you", "drafts wait for you")
    return Todo(len(drafts), *words, "/staff/drafts", examples=examples)


async def _collected(request: StaffRequest) -> Todo:
    count = await request.service.store.read(corrections.count_collected, request.scope)
    first = await request.service.store.read(
        corrections.list_by_state, corrections.COLLECTED, EXAMPLES, pack=request.scope
    )
    examples = tuple(_said(one.text, one.conversation_id, one.message_id, one.at) for one in first)
    words = marked_plural("correction waits for a release", "corrections wait for a release")
    return Todo(count, *words, "/staff/corrections#collected", examples=examples)


async def _overdue(context: ConsoleContext, request: StaffRequest) -> Todo:
    settings = context.settings
    overdue = knowledge.list_overdue(settings.knowledge_db, settings.review_months)
    examples = tuple(
        Example(heading.title, f"/staff/knowledge/{heading.key}", midnight(due)) for heading, due in overdue[:EXAMPLES]
    )
    words = marked_plural("topic is due for a review", "topics are due for a review")
    return Todo(len(overdue), *words, "/staff/knowledge?overdue=yes", examples=examples)


def _said(text: str, conversation_id: str, message_id: int, at: datetime) -> Example:
    """Return a visitor's message as an example, masked, at its place in the conversation."""
    return Example(mask(text), f"{_conversation(conversation_id)}#m{message_id}", at)


def _conversation(conversation_id: str) -> str:
    """Return the address of a conversation's page."""
    return f"/staff/conversations/{conversation_id}"
