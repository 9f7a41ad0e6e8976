"""Canned replies and tags: what staff say and note often."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from console.doors import Door
from console.menu import MANAGE, Place
from console.visit import PageError, Visit
from conversations import kept
from conversations.kept import KeptError
from conversations.staff import ADMIN, ADVISER

CANNED, TAGS = "/staff/canned", "/staff/tags"


def doors() -> list[Door]:
    return [
        Door(CANNED, canned, ADMIN, menu=Place(MANAGE, "Canned replies")),
        Door(CANNED, keep_canned, ADMIN, "POST"),
        Door(f"{CANNED}/remove", remove_canned, ADMIN, "POST"),
        Door(f"{CANNED}/all", all_canned, ADVISER),
        Door(TAGS, tags, ADMIN, menu=Place(MANAGE, "Tags")),
        Door(TAGS, add_tag, ADMIN, "POST"),
        Door(f"{TAGS}/rename", rename_tag, ADMIN, "POST"),
        Door(f"{TAGS}/remove", remove_tag, ADMIN, "POST"),
    ]


async def canned(visit: Visit) -> Response:
    found = await visit.desk.store.read(kept.canned)
    chosen = next((one for one in found if one.name == visit.asked.get("name")), None)
    return visit.page("canned.html", replies=found, chosen=chosen)


async def all_canned(visit: Visit) -> Response:
    """For the list that a / in a reply opens."""
    found = await visit.desk.store.read(kept.canned)
    return JSONResponse([{"name": one.name, "text": one.text} for one in found])


async def keep_canned(visit: Visit) -> Response:
    """A new one or, where the form says which, a changed one under the same or another name."""
    before, name = visit.form.get("before", ""), visit.form.get("name", "")
    await _changed(visit, kept.keep_canned, name, visit.form.get("text", ""))
    if before and before != name.strip().lstrip("/").lower():
        await _changed(visit, kept.drop_canned, before)
    return visit.go_to(CANNED)


async def remove_canned(visit: Visit) -> Response:
    await _changed(visit, kept.drop_canned, visit.form.get("name", ""))
    return visit.go_to(CANNED)


async def tags(visit: Visit) -> Response:
    return visit.page("tags.html", tags=await visit.desk.store.read(kept.tags))


async def add_tag(visit: Visit) -> Response:
    await _changed(visit, kept.offer_tag, visit.form.get("name", ""))
    return visit.go_to(TAGS)


async def rename_tag(visit: Visit) -> Response:
    await _changed(visit, kept.rename_tag, visit.form.get("name", ""), visit.form.get("new", ""))
    return visit.go_to(TAGS)


async def remove_tag(visit: Visit) -> Response:
    await _changed(visit, kept.drop_tag, visit.form.get("name", ""))
    return visit.go_to(TAGS)


async def _changed(visit: Visit, change, *args: str) -> None:
    try:
        await visit.desk.store.write(change, *args, visit.member.name)
    except KeptError as error:
        raise PageError(str(error)) from None
