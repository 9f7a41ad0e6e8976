"""The first page: what needs attention now, for somebody who opens the console in the morning."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from console.doors import Door
from console.menu import NOW, Place
from console.shelf import Shelf
from console.visit import Visit
from conversations import corrections, matters, queue, unanswered
from conversations.staff import ADVISER, TRAINER, VIEWER

PATH = "/staff"
MOST_DOUBTS = 100


@dataclass(frozen=True)
class Matter:
    """`count` of something, in words for one and for many, with where it is dealt with."""

    count: int
    one: str
    many: str
    address: str
    more: str = ""
    urgent: bool = False


class Home:
    """Each matter is a question of its own, for those whose role lets them do something about it."""

    def __init__(self, shelf: Shelf):
        self._shelf = shelf
        self._matters: tuple[tuple[str, Callable[[Visit], Awaitable[Matter]]], ...] = (
            (ADVISER, _waiting),
            (VIEWER, _failed),
            (ADVISER, _contacts),
            (VIEWER, _satisfaction),
            (ADVISER, _unanswered),
            (ADVISER, _doubts),
            (TRAINER, _collected),
            (VIEWER, self._overdue),
        )

    def doors(self) -> list[Door]:
        return [Door(PATH, self.show, VIEWER, menu=Place(NOW, "Home"))]

    async def show(self, visit: Visit) -> Response:
        found = [await ask(visit) for role, ask in self._matters if visit.member.may(role)]
        return visit.page(
            "home-matters.html" if visit.wants_part else "home.html", matters=[one for one in found if one.count]
        )

    async def _overdue(self, visit: Visit) -> Matter:
        count = self._shelf.overdue()
        return Matter(count, "topic is due for a review", "topics are due for a review", "/staff/knowledge?overdue=yes")


async def _waiting(visit: Visit) -> Matter:
    count = await visit.desk.store.read(queue.how_many_wait)
    return Matter(count, "person is waiting", "people are waiting", "/staff/waiting", urgent=True)


async def _failed(visit: Visit) -> Matter:
    count = await visit.desk.store.read(matters.failed_messages)
    one, many = "message got no answer", "messages got no answer"
    return Matter(count, one, many, "/staff/conversations?outcome=failed", urgent=True)


async def _contacts(visit: Visit) -> Matter:
    count = await visit.desk.store.read(matters.open_contacts)
    return Matter(count, "person wants to be reached", "people want to be reached", "/staff/contacts")


async def _satisfaction(visit: Visit) -> Matter:
    """One matter where fewer are content than before; else none."""
    found = await visit.desk.store.read(matters.satisfaction)
    more = (
        f"{found.lately:.0%} of {found.lately_of} thumbs were up in the last seven days, "
        f"{found.before:.0%} of {found.before_of} in the four weeks before."
    )
    words = "sign that people are less content"
    return Matter(int(found.dropped), words, words, "/staff/conversations?feedback=down", more)


async def _unanswered(visit: Visit) -> Matter:
    count = await visit.desk.store.read(unanswered.how_many)
    return Matter(count, "question was not answered", "questions were not answered", "/staff/unanswered")


async def _doubts(visit: Visit) -> Matter:
    count = len(await visit.desk.store.read(corrections.doubts, MOST_DOUBTS))
    more = "There may be more." if count == MOST_DOUBTS else ""
    return Matter(count, "answer is in doubt", "answers are in doubt", "/staff/corrections", more)


async def _collected(visit: Visit) -> Matter:
    count = await visit.desk.store.read(corrections.how_many_collected)
    one, many = "correction waits for a release", "corrections wait for a release"
    return Matter(count, one, many, "/staff/corrections#collected")
