"""The home page: what needs attention now, for each role."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from starlette.responses import Response

from console.views.learning import knowledge
from console.web.context import ConsoleContext
from console.web.request import StaffRequest
from console.web.routing import NOW, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER, VIEWER
from conversations.analytics import dashboard
from conversations.editing import entry_drafts
from conversations.handoff import queue
from conversations.learning import corrections, unanswered
from core.translations import gettext as _
from core.translations import marked_plural

PATH = "/staff"


@dataclass(frozen=True)
class Todo:
    """Work that waits for staff at `path`.

    `singular` and `plural` are the words after the count, `more` is a second sentence. Nothing is shown for a count of 0.
    """

    count: int
    singular: str
    plural: str
    path: str
    more: str = ""
    urgent: bool = False
    at_least: bool = False  # there may be more


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
    return Todo(count, *marked_plural("person is waiting", "people are waiting"), "/staff/waiting", urgent=True)


async def _failed(request: StaffRequest) -> Todo:
    count = await request.service.store.read(dashboard.count_failed_messages)
    singular, plural = marked_plural("message got no answer", "messages got no answer")
    return Todo(count, singular, plural, "/staff/conversations?outcome=failed&mark=unreviewed", urgent=True)


async def _contact_requests(request: StaffRequest) -> Todo:
    count = await request.service.store.read(dashboard.count_open_contact_requests)
    return Todo(count, *marked_plural("person wants to be reached", "people want to be reached"), "/staff/contacts")


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
    return Todo(count, *marked_plural("question was not answered", "questions were not answered"), "/staff/unanswered")


async def _disputed(request: StaffRequest) -> Todo:
    count = len(await request.service.store.read(corrections.disputed_answers, pack=request.scope))
    at_least = count == corrections.MOST_DISPUTED
    return Todo(
        count, *marked_plural("answer is in doubt", "answers are in doubt"), "/staff/corrections", at_least=at_least
    )


async def _assigned(request: StaffRequest) -> Todo:
    count = await request.service.store.read(entry_drafts.count_assigned, request.member.name)
    return Todo(count, *marked_plural("draft waits for you", "drafts wait for you"), "/staff/drafts")


async def _collected(request: StaffRequest) -> Todo:
    count = await request.service.store.read(corrections.count_collected, request.scope)
    singular, plural = marked_plural("correction waits for a release", "corrections wait for a release")
    return Todo(count, singular, plural, "/staff/corrections#collected")


async def _overdue(context: ConsoleContext, request: StaffRequest) -> Todo:
    count = knowledge.count_overdue(context.settings.knowledge_db, context.settings.review_months)
    return Todo(
        count,
        *marked_plural("topic is due for a review", "topics are due for a review"),
        "/staff/knowledge?overdue=yes",
    )
