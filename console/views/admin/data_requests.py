"""One person's data, everywhere at once: found, handed out, deleted, on their request."""

from __future__ import annotations

from starlette.responses import Response

from channels.data_download import data_file
from console.web.navigation import MANAGE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADMIN
from conversations.data_rights import data_export, data_subjects

PATH = "/staff/people"


def routes() -> list[StaffRoute]:
    return [
        StaffRoute(PATH, show, ADMIN, menu=MenuItem(MANAGE, "People's data")),
        StaffRoute(PATH, find, ADMIN, "POST"),
        StaffRoute(f"{PATH}/export", export, ADMIN, "POST"),
        StaffRoute(f"{PATH}/forget", forget, ADMIN, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    return request.page("people.html", sought="", found=None)


async def find(request: StaffRequest) -> Response:
    """By POST, so that nobody's address stands in a log or in a browser's history."""
    sought = request.form.get("sought", "").strip().rpartition("/staff/conversations/")[2]
    found = await request.service.store.read(data_subjects.find_conversations, sought)
    return request.page("people.html", sought=sought, found=found)


async def export(request: StaffRequest) -> Response:
    return data_file(
        await request.service.store.write(data_export.export_for_person, _chosen(request), request.member.name)
    )


async def forget(request: StaffRequest) -> Response:
    """Each conversation everywhere: here, in the search index, in what was collected from it, in the engine's memory."""
    chosen = _chosen(request)
    if request.form.get("sure") != "yes":
        raise PageError("Tick the box first: what is deleted cannot be brought back.")
    gone = [await request.service.erase(one, request.member.name) for one in chosen]
    return request.page("people.html", sought="", found=None, gone=sum(gone))


def _chosen(request: StaffRequest) -> list[str]:
    chosen = [name.removeprefix("one.") for name in request.form if name.startswith("one.")]
    if not chosen:
        raise PageError("Tick at least one conversation.")
    return chosen
