"""Saved views of the list: kept, listed and removed beside it."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from console.views.inbox import conversation_list
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER, VIEWER
from conversations.admin.saved_views import SavedViewError, remove_view, save_view, views_of
from core.translations import gettext as _

PATH = "/staff/views"


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, save, VIEWER, "POST"),
        StaffRoute(f"{PATH}/remove", remove, VIEWER, "POST"),
    ]


async def save(request: StaffRequest) -> Response:
    """Save what stands in the search field under a name, for oneself or, by advisers, for the team."""
    is_team = request.form.get("team") == "yes"
    if is_team and not request.member.may(ADVISER):
        raise PageError(_("Your role may save views for yourself alone."), 403)
    title, search = request.form.get("title", ""), request.form.get("search", "")
    try:
        await request.service.store.write(save_view, request.member, title, search, is_team)
    except SavedViewError as error:
        if not request.wants_fragment:
            raise PageError(str(error)) from None
        return await _listed(request, str(error), title)
    return await _listed(request)


async def remove(request: StaffRequest) -> Response:
    """Remove a view."""
    view_id = required_number(request.form.get("view", ""), _("There is no such view."))
    try:
        await request.service.store.write(remove_view, request.member, view_id)
    except SavedViewError as error:
        raise PageError(str(error), 403) from None
    return await _listed(request)


async def _listed(request: StaffRequest, refused: str = "", title: str = "") -> Response:
    """Return the views to htmx; a browser is sent back to the list."""
    search = request.form.get("search", "")
    if not request.wants_fragment:
        return request.redirect(f"{conversation_list.PATH}?{urlencode({'words': search})}")
    views = await request.service.store.read(views_of, request.member)
    return request.page("saved-views.html", views=views, written=search, refused=refused, new_title=title, is_open=True)
