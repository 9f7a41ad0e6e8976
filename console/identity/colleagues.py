"""Who of the staff is there: the faces at the head of the inbox, and one's own status."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import JSONResponse, Response

from console.web.display_names import PRESENCE
from console.web.request import StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts import accounts, presence
from conversations.accounts.accounts import VIEWER

PATH = "/staff/colleagues"
MOST_SHOWN = 5  # faces


def routes() -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, VIEWER),
        StaffRoute(f"{PATH}/all", list_all, VIEWER),
        StaffRoute(f"{PATH}/status", set_status, VIEWER, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Show the colleagues who have the console open, those who are available first."""
    members = await request.service.store.read(accounts.list_accounts)
    others = [each for each in members if each.id != request.member.id]
    here = [each for each in others if presence.presence_of(each) != presence.GONE]
    return request.page("team.html", team=presence.by_presence(here), most=MOST_SHOWN)


async def list_all(request: StaffRequest) -> Response:
    """Return all colleagues, for the list that opens at an @ in a note."""
    members = presence.by_presence(await request.service.store.read(accounts.list_accounts))
    others = [each for each in members if each.id != request.member.id]
    return JSONResponse(
        [
            {"name": each.name, "shown": each.shown_name, "status": PRESENCE[presence.presence_of(each)]}
            for each in others
        ]
    )


async def set_status(request: StaffRequest) -> Response:
    """Set whether whoever is signed in is away."""
    away = request.form.get("away") == "yes"
    await request.service.store.write(presence.set_away, request.member, away)
    request.service.publish_presence(request.member.name)
    if not request.wants_fragment:
        return request.redirect("/staff/account")
    return request.page("me.html", member=replace(request.member, is_away=away))
