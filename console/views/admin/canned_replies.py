"""Canned replies and tags: texts that staff send, and words that they note, again and again."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from console.web.context import ConsoleContext
from console.web.request import StaffRequest
from console.web.routing import MANAGE, MenuItem, StaffRoute
from conversations.accounts.accounts import ADMIN, ADVISER
from conversations.admin import canned_replies, tags

PATH, TAGS_PATH = "/staff/canned", "/staff/tags"


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, ADMIN, menu=MenuItem(MANAGE, "Canned replies")),
        StaffRoute(PATH, save, ADMIN, "POST"),
        StaffRoute(f"{PATH}/remove", remove, ADMIN, "POST"),
        StaffRoute(f"{PATH}/all", list_all, ADVISER),
        StaffRoute(TAGS_PATH, show_tags, ADMIN, menu=MenuItem(MANAGE, "Tags")),
        StaffRoute(TAGS_PATH, add_tag, ADMIN, "POST"),
        StaffRoute(f"{TAGS_PATH}/rename", rename_tag, ADMIN, "POST"),
        StaffRoute(f"{TAGS_PATH}/remove", remove_tag, ADMIN, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Show all canned replies, and a form with the reply that `name` names."""
    replies = await request.service.store.read(canned_replies.list_canned_replies)
    chosen = next((reply for reply in replies if reply.name == request.query.get("name")), None)
    return request.page("canned-replies.html", replies=replies, chosen=chosen)


async def list_all(request: StaffRequest) -> Response:
    """Return all canned replies as JSON, for the list that `/` opens in the reply field."""
    replies = await request.service.store.read(canned_replies.list_canned_replies)
    return JSONResponse([{"name": reply.name, "text": reply.text} for reply in replies])


async def save(request: StaffRequest) -> Response:
    """Save a canned reply; if `before` names another, the reply was renamed, and that name is deleted."""
    write, member = request.service.store.write, request.member.name
    before, name = request.form.get("before", ""), request.form.get("name", "")
    await write(canned_replies.save_canned_reply, name, request.form.get("text", ""), member)
    if before and before != name.strip().lstrip("/").lower():
        await write(canned_replies.delete_canned_reply, before, member)
    return request.redirect(PATH)


async def remove(request: StaffRequest) -> Response:
    """Delete a canned reply."""
    name = request.form.get("name", "")
    await request.service.store.write(canned_replies.delete_canned_reply, name, request.member.name)
    return request.redirect(PATH)


async def show_tags(request: StaffRequest) -> Response:
    """Show the tags that are offered."""
    return request.page("tags.html", tags=await request.service.store.read(tags.list_tags))


async def add_tag(request: StaffRequest) -> Response:
    """Offer a new tag."""
    name = request.form.get("name", "")
    await request.service.store.write(tags.add_tag, name, request.member.name)
    return request.redirect(TAGS_PATH)


async def rename_tag(request: StaffRequest) -> Response:
    """Rename a tag, also on conversations that have it."""
    name, new = request.form.get("name", ""), request.form.get("new", "")
    await request.service.store.write(tags.rename_tag, name, new, request.member.name)
    return request.redirect(TAGS_PATH)


async def remove_tag(request: StaffRequest) -> Response:
    """Delete a tag, also from conversations that have it."""
    name = request.form.get("name", "")
    await request.service.store.write(tags.delete_tag, name, request.member.name)
    return request.redirect(TAGS_PATH)
