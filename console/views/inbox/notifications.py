"""The bell: what whoever is signed in is told by name, each with the way to its conversation."""

from __future__ import annotations

from starlette.responses import Response

from console.views.inbox.conversation_list import PATH as CONVERSATIONS
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import StaffRoute
from conversations.accounts import notifications
from conversations.accounts.accounts import VIEWER
from core.translations import gettext as _

PATH = "/staff/notifications"
IN_BELL, ON_PAGE = 8, 100  # notifications that are listed
PLACES = {notifications.MENTION: "#notes", notifications.TRANSFER: "#end"}  # on the page of the conversation


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, VIEWER),
        StaffRoute(f"{PATH}/read", read_all, VIEWER, "POST"),
        StaffRoute(f"{PATH}/{{notification}}", open_notification, VIEWER),
    ]


async def show(request: StaffRequest) -> Response:
    """Show the newest notifications: on a page, or behind the bell if htmx asks for it."""
    store, in_bell = request.service.store, request.wants_fragment
    return request.page(
        "bell.html" if in_bell else "notifications.html",
        notifications=await store.read(notifications.latest, request.member, IN_BELL if in_bell else ON_PAGE),
        unread=await store.read(notifications.count_unread, request.member),
    )


async def open_notification(request: StaffRequest) -> Response:
    """Lead to the conversation of a notification, which is read by that."""
    number = required_number(request.path_param("notification"), _("There is no such notification."))
    found = await request.service.store.read(notifications.find, request.member, number)
    if found is None:
        raise PageError(_("There is no such notification. Its conversation or note may have been deleted."), 404)
    await mark_read(request, found.conversation_id)
    return request.redirect(f"{CONVERSATIONS}/{found.conversation_id}{PLACES[found.kind]}")


async def read_all(request: StaffRequest) -> Response:
    """Mark all notifications as read."""
    await request.service.store.write(notifications.mark_read, request.member)
    request.service.publish_notified(request.member.name)
    return await show(request) if request.wants_fragment else request.redirect(PATH)


async def mark_read(request: StaffRequest, conversation_id: str) -> None:
    """Mark what the member was told about a conversation, which they open, as read."""
    if await request.service.store.read(notifications.unread_about, request.member, conversation_id):
        await request.service.store.write(notifications.mark_read, request.member, conversation_id)
        request.service.publish_notified(request.member.name)
