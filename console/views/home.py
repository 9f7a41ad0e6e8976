"""The first page: what needs attention now, for somebody who opens the console in the morning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from console.views.learning.knowledge import KnowledgePages
from console.web.navigation import NOW, MenuItem
from console.web.request import StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER, VIEWER
from conversations.analytics import dashboard
from conversations.handoff import queue
from conversations.learning import corrections, unanswered

PATH = "/staff"
MOST_DOUBTS = 100


@dataclass(frozen=True)
class Todo:
    """`count` of something, in words for one and for many, with where it is dealt with."""

    count: int
    one: str
    many: str
    address: str
    more: str = ""
    urgent: bool = False


class HomePage:
    """Each matter is a question of its own, for those whose role lets them do something about it."""

    def __init__(self, shelf: KnowledgePages):
        self._shelf = shelf
        self._matters: tuple[tuple[str, Callable[[StaffRequest], Awaitable[Todo]]], ...] = (
            (ADVISER, _waiting),
            (VIEWER, _failed),
            (ADVISER, _contacts),
            (VIEWER, _satisfaction),
            (ADVISER, _unanswered),
            (ADVISER, _doubts),
            (TRAINER, _collected),
            (VIEWER, self._overdue),
        )

    def routes(self) -> list[StaffRoute]:
        return [StaffRoute(PATH, self.show, VIEWER, menu=MenuItem(NOW, "Home"))]

    async def show(self, request: StaffRequest) -> Response:
        found = [await ask(request) for role, ask in self._matters if request.member.may(role)]
        return request.page(
            "home-matters.html" if request.wants_part else "home.html", matters=[one for one in found if one.count]
        )

    async def _overdue(self, request: StaffRequest) -> Todo:
        count = self._shelf.overdue()
        return Todo(count, "topic is due for a review", "topics are due for a review", "/staff/knowledge?overdue=yes")


async def _waiting(request: StaffRequest) -> Todo:
    count = await request.service.store.read(queue.count_waiting)
    return Todo(count, "person is waiting", "people are waiting", "/staff/waiting", urgent=True)


async def _failed(request: StaffRequest) -> Todo:
    count = await request.service.store.read(dashboard.count_failed_messages)
    one, many = "message got no answer", "messages got no answer"
    return Todo(count, one, many, "/staff/conversations?outcome=failed", urgent=True)


async def _contacts(request: StaffRequest) -> Todo:
    count = await request.service.store.read(dashboard.count_open_contact_requests)
    return Todo(count, "person wants to be reached", "people want to be reached", "/staff/contacts")


async def _satisfaction(request: StaffRequest) -> Todo:
    """One matter where fewer are content than before; else none."""
    found = await request.service.store.read(dashboard.satisfaction)
    more = (
        f"{found.lately:.0%} of {found.lately_of} thumbs were up in the last seven days, "
        f"{found.before:.0%} of {found.before_of} in the four weeks before."
    )
    words = "sign that people are less content"
    return Todo(int(found.dropped), words, words, "/staff/conversations?feedback=down", more)


async def _unanswered(request: StaffRequest) -> Todo:
    count = await request.service.store.read(unanswered.count)
    return Todo(count, "question was not answered", "questions were not answered", "/staff/unanswered")


async def _doubts(request: StaffRequest) -> Todo:
    count = len(await request.service.store.read(corrections.disputed_answers, MOST_DOUBTS))
    more = "There may be more." if count == MOST_DOUBTS else ""
    return Todo(count, "answer is in doubt", "answers are in doubt", "/staff/corrections", more)


async def _collected(request: StaffRequest) -> Todo:
    count = await request.service.store.read(corrections.count_collected)
    one, many = "correction waits for a release", "corrections wait for a release"
    return Todo(count, one, many, "/staff/corrections#collected")
