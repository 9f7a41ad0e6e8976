"""People who left word how they can be reached: who takes them on, and what became of it."""

from __future__ import annotations

import html

from starlette.responses import HTMLResponse, Response

from console.doors import Door
from console.menu import NOW, Place
from console.said import plain
from console.visit import PageError, Visit
from conversations import asides
from conversations.asides import DONE, OPEN, TAKEN, Contact
from conversations.asked import whole_number
from conversations.privacy import note
from conversations.staff import ADVISER

PATH = "/staff/contacts"
GONE = "This contact is gone, or somebody has dealt with it already. Load the page again."


def doors() -> list[Door]:
    return [
        Door(PATH, show, ADVISER, menu=Place(NOW, "Contact requests")),
        Door(f"{PATH}/state", set_state, ADVISER, "POST"),
        Door(f"{PATH}/show", uncover, ADVISER, "POST"),
    ]


async def show(visit: Visit) -> Response:
    """Those still to be reached, the longest waiting first; or, asked for, those that were; covered."""
    is_done = visit.asked.get("state") == DONE
    found = await visit.desk.store.read(asides.done_contacts if is_done else asides.open_contacts)
    return visit.page("contacts.html", contacts=found, is_done=is_done, plain=lambda text: plain(text, False))


async def uncover(visit: Visit) -> Response:
    """One contact uncovered; that it was looked at is noted first."""
    one = await _one(visit)
    await visit.desk.store.write(note, visit.member.name, "revealed a contact", one.conversation_id)
    if visit.wants_part:
        return HTMLResponse(html.escape(one.contact + (f" ({one.name})" if one.name else "")))
    return visit.page(
        "contacts.html", contacts=[one], is_done=one.state == DONE, plain=lambda text: plain(text, True)
    )


async def set_state(visit: Visit) -> Response:
    one, state = await _one(visit), visit.form.get("state", "")
    if state not in (OPEN, TAKEN, DONE):
        raise PageError("Choose what became of this contact.")
    if not await visit.desk.store.write(asides.set_contact, one.id, state, visit.member.name):
        raise PageError(GONE, 409)
    return visit.go_to(PATH)


async def _one(visit: Visit) -> Contact:
    number = whole_number(visit.form.get("contact", ""))
    one = None if number is None else await visit.desk.store.read(asides.contact, number)
    if one is None:
        raise PageError(GONE, 404)
    return one
