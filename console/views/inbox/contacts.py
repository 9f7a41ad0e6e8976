"""Contact requests: people who left contact details, who takes them on, and which are done."""

from __future__ import annotations

import html

from starlette.responses import HTMLResponse, Response

from console.web.context import ConsoleContext
from console.web.message_html import plain
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import NOW, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER
from conversations.erasure import record_audit
from conversations.handoff import contact_requests
from conversations.handoff.contact_requests import DONE, OPEN, TAKEN, ContactRequest
from core.translations import Names, marked
from core.translations import gettext as _

PATH = "/staff/contacts"
TOLD = Names({OPEN: "Opened again", TAKEN: "You see to this", DONE: "Done"})  # after a change
NOT_FOUND = marked("This contact is gone, or somebody has dealt with it already. Load the page again.")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, ADVISER, menu=MenuItem(NOW, "Contact requests", badge="contacts")),
        StaffRoute(f"{PATH}/state", set_state, ADVISER, "POST"),
        StaffRoute(f"{PATH}/show", reveal, ADVISER, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Show the open requests, the longest waiting first, or with `state=done` those that are done; masked."""
    is_done = request.query.get("state") == DONE
    contacts = await request.service.store.read(
        contact_requests.closed_contact_requests if is_done else contact_requests.open_contact_requests
    )
    return request.page("contacts.html", contacts=contacts, is_done=is_done, plain=lambda text: plain(text, False))


async def reveal(request: StaffRequest) -> Response:
    """Show the contact details of one request unmasked; the audit log records it first."""
    contact = await _contact(request)
    await request.service.store.write(record_audit, request.member.name, "revealed a contact", contact.conversation_id)
    if request.wants_fragment:
        return HTMLResponse(html.escape(contact.contact + (f" ({contact.name})" if contact.name else "")))
    return request.page(
        "contacts.html", contacts=[contact], is_done=contact.state == DONE, plain=lambda text: plain(text, True)
    )


async def set_state(request: StaffRequest) -> Response:
    """Take a request on, mark it done or open it again."""
    contact, state = await _contact(request), request.form.get("state", "")
    if state not in (OPEN, TAKEN, DONE):
        raise PageError(_("Choose what became of this contact."))
    if not await request.service.store.write(
        contact_requests.set_contact_request_state, contact.id, state, request.member.name
    ):
        raise PageError(_(NOT_FOUND), 409)
    if request.wants_fragment:
        return request.page(
            "contact-row.html",
            one=await _contact(request),
            undo=contact.state,
            told=TOLD[state],
            plain=lambda text: plain(text, False),
        )
    return request.redirect(PATH)


async def _contact(request: StaffRequest) -> ContactRequest:
    number = required_number(request.form.get("contact", ""), _(NOT_FOUND))
    contact = await request.service.store.read(contact_requests.find_contact_request, number)
    if contact is None:
        raise PageError(_(NOT_FOUND), 404)
    return contact
