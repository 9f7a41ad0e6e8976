"""Changing many conversations of the list at once: those that are ticked, or all that the filters leave."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from console.translations.numbers import count
from console.views.inbox.conversation_list import filters_from, list_url
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER
from conversations.db import schema
from conversations.review import annotation
from conversations.review.summaries import summaries_of
from conversations.review.together import FLAG, MOST, REVIEWED, TAG, Matching, change_all, matching, undo_all
from core.translations import gettext as _
from core.translations import marked

PATH = "/staff/together"
SHOWN = 5  # conversations in the preview
FORM_BYTES = 256 * 1024  # room for MOST ids
TOLD = {
    REVIEWED: marked("%(number)s marked as reviewed"),
    FLAG: marked("%(number)s flagged"),
    TAG: marked("%(number)s tagged “%(tag)s”"),
}


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, preview, ADVISER, "POST", form_bytes=FORM_BYTES),
        StaffRoute(f"{PATH}/change", change, ADVISER, "POST", form_bytes=FORM_BYTES),
        StaffRoute(f"{PATH}/undo", undo, ADVISER, "POST", form_bytes=FORM_BYTES),
    ]


async def preview(request: StaffRequest) -> Response:
    """Show which conversations are meant, and what can be done with them."""
    found = await _meant(request)
    if not found.ids:
        raise PageError(_("No conversation is like this"), 404)
    lines = await request.service.store.read(summaries_of, list(found.ids[:SHOWN]))
    used = await request.service.store.read(annotation.distinct_values, schema.tag.c.name)
    offered = await request.service.store.read(annotation.distinct_values, schema.known_tag.c.name)
    tags = sorted({*used, *offered})
    return request.page("together.html", found=found, lines=lines, known_tags=tags, ids=",".join(found.ids))


async def change(request: StaffRequest) -> Response:
    """Change those that the preview showed, and offer Undo for those that were not so before."""
    what, tag = _what(request)
    ids = _ticked(request)
    changed = await request.service.store.write(change_all, ids, request.member.name, what, tag)
    told = _(TOLD[what]) % {"number": count(len(changed), "conversation"), "tag": tag}
    if not request.wants_fragment:
        return request.redirect(list_url(filters_from({})))
    fields: dict[str, Any] = {"ids": ",".join(changed), "what": what, "tag": tag}
    return request.decided(told, "", f"{PATH}/undo", fields)


async def undo(request: StaffRequest) -> Response:
    """Take a change of many back."""
    what, tag = _what(request)
    await request.service.store.write(undo_all, _ticked(request), request.member.name, what, tag)
    return Response(status_code=204) if request.wants_fragment else request.redirect(list_url(filters_from({})))


async def _meant(request: StaffRequest) -> Matching:
    if "ids" in request.form:  # none ticked are none, and not all
        return Matching(tuple(_ticked(request)))
    return await request.service.store.read(matching, filters_from(request.form))


def _ticked(request: StaffRequest) -> list[str]:
    ids = [each for each in request.form.get("ids", "").split(",") if each]
    if len(ids) > MOST:
        raise PageError(_("No more than %(most)d conversations can be changed at once. Choose fewer.") % {"most": MOST})
    return ids


def _what(request: StaffRequest) -> tuple[str, str]:
    what = request.form.get("what", "")
    if what not in TOLD:
        raise PageError(_("Choose what shall be done with them."))
    return what, annotation.tag_name(request.form.get("tag", "")) if what == TAG else ""
