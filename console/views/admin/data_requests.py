"""Data requests: find, export or delete everything that is stored about one person."""

from __future__ import annotations

from starlette.responses import Response

from channels.data_download import data_file
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import MANAGE, MenuItem, StaffRoute
from conversations.accounts.accounts import ADMIN
from conversations.data_rights import data_export, data_subjects
from core.translations import gettext as _

PATH = "/staff/people"


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, ADMIN, menu=MenuItem(MANAGE, "People's data")),
        StaffRoute(PATH, find, ADMIN, "POST"),
        StaffRoute(f"{PATH}/export", export, ADMIN, "POST"),
        StaffRoute(f"{PATH}/forget", erase, ADMIN, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Show the search form."""
    return request.page("data-requests.html", sought="", conversations=None)


async def find(request: StaffRequest) -> Response:
    """Show a person's conversations; by POST, so that addresses appear neither in logs nor in the browser's history."""
    sought = request.form.get("sought", "").strip().rpartition("/staff/conversations/")[2]
    conversations = await request.service.store.read(data_subjects.find_conversations, sought)
    return request.page("data-requests.html", sought=sought, conversations=conversations)


async def export(request: StaffRequest) -> Response:
    """Return the chosen conversations as a file for the person."""
    chosen = _chosen(request)
    return data_file(await request.service.store.write(data_export.export_for_person, chosen, request.member.name))


async def erase(request: StaffRequest) -> Response:
    """Delete the chosen conversations everywhere: in the database, the search index, corrections and the engine."""
    chosen = _chosen(request)
    if request.form.get("sure") != "yes":
        raise PageError(_("Tick the box first: what is deleted cannot be brought back."))
    deleted = [await request.service.erase(conversation_id, request.member.name) for conversation_id in chosen]
    return request.page("data-requests.html", sought="", conversations=None, gone=sum(deleted))


def _chosen(request: StaffRequest) -> list[str]:
    chosen = [name.removeprefix("one.") for name in request.form if name.startswith("one.")]
    if not chosen:
        raise PageError(_("Tick at least one conversation."))
    return chosen
