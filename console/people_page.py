"""One person's data, everywhere at once: found, handed out, deleted, on their request."""

from __future__ import annotations

from starlette.responses import Response

from channels.own_data import data_file
from console.doors import Door
from console.menu import MANAGE, Place
from console.visit import PageError, Visit
from conversations import own_data, people
from conversations.staff import ADMIN

PATH = "/staff/people"


def doors() -> list[Door]:
    return [
        Door(PATH, show, ADMIN, menu=Place(MANAGE, "People's data")),
        Door(PATH, find, ADMIN, "POST"),
        Door(f"{PATH}/export", export, ADMIN, "POST"),
        Door(f"{PATH}/forget", forget, ADMIN, "POST"),
    ]


async def show(visit: Visit) -> Response:
    return visit.page("people.html", sought="", found=None)


async def find(visit: Visit) -> Response:
    """By POST, so that nobody's address stands in a log or in a browser's history."""
    sought = visit.form.get("sought", "").strip().rpartition("/staff/conversations/")[2]
    found = await visit.desk.store.read(people.find, sought)
    return visit.page("people.html", sought=sought, found=found)


async def export(visit: Visit) -> Response:
    return data_file(await visit.desk.store.write(own_data.hand_out, _chosen(visit), visit.member.name))


async def forget(visit: Visit) -> Response:
    """Each conversation everywhere: here, in the search index, in what was collected from it, in the engine's memory."""
    chosen = _chosen(visit)
    if visit.form.get("sure") != "yes":
        raise PageError("Tick the box first: what is deleted cannot be brought back.")
    gone = [await visit.desk.forget(one, visit.member.name) for one in chosen]
    return visit.page("people.html", sought="", found=None, gone=sum(gone))


def _chosen(visit: Visit) -> list[str]:
    chosen = [name.removeprefix("one.") for name in visit.form if name.startswith("one.")]
    if not chosen:
        raise PageError("Tick at least one conversation.")
    return chosen
