"""Canned replies and tags: what staff say and note often."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from console.web.navigation import MANAGE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADMIN, ADVISER
from conversations.admin import canned_replies, tags
from conversations.errors import AdminError

CANNED, TAGS = "/staff/canned", "/staff/tags"


def routes() -> list[StaffRoute]:
    return [
        StaffRoute(CANNED, canned, ADMIN, menu=MenuItem(MANAGE, "Canned replies")),
        StaffRoute(CANNED, keep_canned, ADMIN, "POST"),
        StaffRoute(f"{CANNED}/remove", remove_canned, ADMIN, "POST"),
        StaffRoute(f"{CANNED}/all", all_canned, ADVISER),
        StaffRoute(TAGS, tags_page, ADMIN, menu=MenuItem(MANAGE, "Tags")),
        StaffRoute(TAGS, add_tag, ADMIN, "POST"),
        StaffRoute(f"{TAGS}/rename", rename_tag, ADMIN, "POST"),
        StaffRoute(f"{TAGS}/remove", remove_tag, ADMIN, "POST"),
    ]


async def canned(request: StaffRequest) -> Response:
    found = await request.service.store.read(canned_replies.list_canned_replies)
    chosen = next((one for one in found if one.name == request.asked.get("name")), None)
    return request.page("canned.html", replies=found, chosen=chosen)


async def all_canned(request: StaffRequest) -> Response:
    """For the list that a / in a reply opens."""
    found = await request.service.store.read(canned_replies.list_canned_replies)
    return JSONResponse([{"name": one.name, "text": one.text} for one in found])


async def keep_canned(request: StaffRequest) -> Response:
    """A new one or, where the form says which, a changed one under the same or another name."""
    before, name = request.form.get("before", ""), request.form.get("name", "")
    await _changed(request, canned_replies.save_canned_reply, name, request.form.get("text", ""))
    if before and before != name.strip().lstrip("/").lower():
        await _changed(request, canned_replies.delete_canned_reply, before)
    return request.go_to(CANNED)


async def remove_canned(request: StaffRequest) -> Response:
    await _changed(request, canned_replies.delete_canned_reply, request.form.get("name", ""))
    return request.go_to(CANNED)


async def tags_page(request: StaffRequest) -> Response:
    return request.page("tags.html", tags=await request.service.store.read(tags.list_tags))


async def add_tag(request: StaffRequest) -> Response:
    await _changed(request, tags.add_tag, request.form.get("name", ""))
    return request.go_to(TAGS)


async def rename_tag(request: StaffRequest) -> Response:
    await _changed(request, tags.rename_tag, request.form.get("name", ""), request.form.get("new", ""))
    return request.go_to(TAGS)


async def remove_tag(request: StaffRequest) -> Response:
    await _changed(request, tags.delete_tag, request.form.get("name", ""))
    return request.go_to(TAGS)


async def _changed(request: StaffRequest, change, *args: str) -> None:
    try:
        await request.service.store.write(change, *args, request.member.name)
    except AdminError as error:
        raise PageError(str(error)) from None
