"""Contact requests: people who left contact details, who takes them on, e-mails to them, and which are done."""

from __future__ import annotations

import html
from typing import Any

from sqlalchemy import Connection
from starlette.responses import HTMLResponse, Response

from console.web.context import ConsoleContext
from console.web.message_html import plain
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import NOW, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER
from conversations.erasure import record_audit
from conversations.handoff import contact_emails, contact_requests
from conversations.handoff.contact_emails import ContactEmail
from conversations.handoff.contact_requests import DONE, OPEN, TAKEN, ContactRequest
from conversations.handoff.public_names import public_name
from core.translations import Names, marked
from core.translations import gettext as _

PATH = "/staff/contacts"
TOLD = Names({OPEN: "Opened again", TAKEN: "You see to this", DONE: "Done"})  # after a change
NOT_FOUND = marked("This contact is gone, or somebody has dealt with it already. Load the page again.")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = ContactPages(context.settings.contact_from)
    return [
        StaffRoute(PATH, pages.show, ADVISER, menu=MenuItem(NOW, "Contact requests", badge="contacts")),
        StaffRoute(f"{PATH}/state", pages.set_state, ADVISER, "POST"),
        StaffRoute(f"{PATH}/show", pages.reveal, ADVISER, "POST"),
        StaffRoute(f"{PATH}/email", pages.write, ADVISER, "POST"),
        StaffRoute(f"{PATH}/email/again", pages.send_again, ADVISER, "POST"),
    ]


class ContactPages:
    """The list of contact requests; e-mails are written from the address `sender`, none if that is empty."""

    def __init__(self, sender: str) -> None:
        self._sender = sender

    async def show(self, request: StaffRequest) -> Response:
        """Show the open requests, the longest waiting first, or with `state=done` those that are done; masked."""
        is_done = request.query.get("state") == DONE
        return await self._page(
            request,
            await request.service.store.read(
                contact_requests.closed_contact_requests if is_done else contact_requests.open_contact_requests
            ),
            is_done,
        )

    async def reveal(self, request: StaffRequest) -> Response:
        """Show the contact details of one request unmasked; the audit log records it first."""
        contact = await _contact(request)
        await request.service.store.write(
            record_audit, request.member.name, "revealed a contact", contact.conversation_id
        )
        if request.wants_fragment:
            return HTMLResponse(html.escape(contact.contact + (f" ({contact.name})" if contact.name else "")))
        return await self._page(request, [contact], contact.state == DONE, is_revealed=True)

    async def set_state(self, request: StaffRequest) -> Response:
        """Take a request on, mark it done or open it again."""
        contact, state = await _contact(request), request.form.get("state", "")
        if state not in (OPEN, TAKEN, DONE):
            raise PageError(_("Choose what became of this contact."))
        if not await request.service.store.write(
            contact_requests.set_contact_request_state, contact.id, state, request.member.name
        ):
            raise PageError(_(NOT_FOUND), 409)
        if request.wants_fragment:
            changed = await _contact(request)
            return request.page(
                "contact-row.html",
                one=changed,
                undo=contact.state,
                told=TOLD[state],
                **await self._shown(request, [changed]),
            )
        return request.redirect(PATH)

    async def write(self, request: StaffRequest) -> Response:
        """Write an e-mail to somebody, and with `what=done` mark the request as done."""
        contact, form, member = await _contact(request), request.form, request.member.name
        if not self._sender:
            raise PageError(_("No address to write from is set (ADVISOR_CONTACT_FROM, ADVISOR_SMTP_HOST)."))
        subject, text, is_done = form.get("subject", ""), form.get("text", ""), form.get("what") == DONE
        await request.service.store.write(_write, contact, subject, text, member, self._sender, is_done)
        return request.redirect(f"{PATH}#contact-row-{contact.id}")

    async def send_again(self, request: StaffRequest) -> Response:
        """Send an e-mail that was given up once more."""
        number = required_number(request.form.get("email", ""), _(NOT_FOUND))
        if not await request.service.store.write(contact_emails.try_again, number):
            raise PageError(_("This e-mail is sent, or will be soon. Load the page again."), 409)
        return request.redirect(PATH)

    async def _page(
        self, request: StaffRequest, contacts: list[ContactRequest], is_done: bool, is_revealed: bool = False
    ) -> Response:
        shown = await self._shown(request, contacts, is_revealed)
        return request.page("contacts.html", contacts=contacts, is_done=is_done, **shown)

    async def _shown(
        self, request: StaffRequest, contacts: list[ContactRequest], is_revealed: bool = False
    ) -> dict[str, Any]:
        """Return what rows of the list need besides their contacts."""
        read = request.service.store.read
        emails: dict[int, list[ContactEmail]] = await read(contact_emails.emails_of, [each.id for each in contacts])
        writable = {each.id for each in contacts if contact_emails.address_in(each.contact)} if self._sender else set()
        return {
            "emails": emails,
            "writable": writable,
            "signature": await read(public_name, request.member.name),
            "plain": lambda text: plain(text, is_revealed),
        }


def _write(
    connection: Connection, contact: ContactRequest, subject: str, text: str, by: str, sender: str, is_done: bool
) -> None:
    """Store an e-mail with its entry in the audit log and what becomes of the request, all or nothing."""
    contact_emails.write(connection, contact, subject, text, by, sender)
    record_audit(connection, by, "wrote an e-mail to a contact", contact.conversation_id)
    if is_done:
        contact_requests.set_contact_request_state(connection, contact.id, DONE, by)


async def _contact(request: StaffRequest) -> ContactRequest:
    number = required_number(request.form.get("contact", ""), _(NOT_FOUND))
    contact = await request.service.store.read(contact_requests.find_contact_request, number)
    if contact is None:
        raise PageError(_(NOT_FOUND), 404)
    return contact
