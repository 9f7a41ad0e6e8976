"""People who left word how they can be reached: who takes them on, and what became of it."""

from __future__ import annotations

import html

from starlette.responses import HTMLResponse, Response

from console.web.message_html import plain
from console.web.navigation import NOW, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER
from conversations.erasure import record_audit
from conversations.handoff import contact_requests
from conversations.handoff.contact_requests import DONE, OPEN, TAKEN, ContactRequest
from conversations.input_parsing import whole_number

PATH = "/staff/contacts"
GONE = "This contact is gone, or somebody has dealt with it already. Load the page again."


def routes() -> list[StaffRoute]:
    return [
        StaffRoute(PATH, show, ADVISER, menu=MenuItem(NOW, "Contact requests")),
        StaffRoute(f"{PATH}/state", set_state, ADVISER, "POST"),
        StaffRoute(f"{PATH}/show", uncover, ADVISER, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Those still to be reached, the longest waiting first; or, asked for, those that were; covered."""
    is_done = request.asked.get("state") == DONE
    found = await request.service.store.read(
        contact_requests.closed_contact_requests if is_done else contact_requests.open_contact_requests
    )
    return request.page("contacts.html", contacts=found, is_done=is_done, plain=lambda text: plain(text, False))


async def uncover(request: StaffRequest) -> Response:
    """One contact uncovered; that it was looked at is noted first."""
    one = await _one(request)
    await request.service.store.write(record_audit, request.member.name, "revealed a contact", one.conversation_id)
    if request.wants_part:
        return HTMLResponse(html.escape(one.contact + (f" ({one.name})" if one.name else "")))
    return request.page(
        "contacts.html", contacts=[one], is_done=one.state == DONE, plain=lambda text: plain(text, True)
    )


async def set_state(request: StaffRequest) -> Response:
    one, state = await _one(request), request.form.get("state", "")
    if state not in (OPEN, TAKEN, DONE):
        raise PageError("Choose what became of this contact.")
    if not await request.service.store.write(
        contact_requests.set_contact_request_state, one.id, state, request.member.name
    ):
        raise PageError(GONE, 409)
    return request.go_to(PATH)


async def _one(request: StaffRequest) -> ContactRequest:
    number = whole_number(request.form.get("contact", ""))
    one = None if number is None else await request.service.store.read(contact_requests.find_contact_request, number)
    if one is None:
        raise PageError(GONE, 404)
    return one
