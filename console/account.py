"""One's own account: where one is signed in, password, second factor. And the log of what was done with people's data."""

from __future__ import annotations

import asyncio
from functools import partial

import segno
from markupsafe import Markup
from starlette.responses import Response

from console.again import Again
from console.doors import SET_UP_CODE, Door, always
from console.menu import MANAGE, Place
from console.visit import PageError, Visit, number_in
from conversations import audit, second_factor, staff
from conversations.errors import StaffError
from conversations.staff import ADMIN, VIEWER

ACCOUNT = "/staff/account"
LINES = 100


def doors(again: Again) -> list[Door]:
    return [
        Door(ACCOUNT, sessions, VIEWER),
        Door(f"{ACCOUNT}/end-session", end_session, VIEWER, "POST"),
        Door(f"{ACCOUNT}/password", partial(change_password, again), VIEWER, "POST"),
        Door(SET_UP_CODE, offer_code, VIEWER, without_code=True),
        Door(SET_UP_CODE, turn_code_on, VIEWER, "POST", without_code=True, again=always),
        Door(f"{SET_UP_CODE}/off", partial(turn_code_off, again), VIEWER, "POST"),
        Door("/staff/audit", audit_log, ADMIN, menu=Place(MANAGE, "Audit log")),
    ]


async def sessions(visit: Visit) -> Response:
    """One's own sessions, and what can be changed."""
    return await _account(visit)


async def end_session(visit: Visit) -> Response:
    """Sign another browser out."""
    if not await visit.desk.store.write(staff.end_session, visit.member, visit.form.get("session", "")):
        raise PageError("This session has ended already.", 404)
    return visit.go_to(ACCOUNT)


async def change_password(again: Again, visit: Visit) -> Response:
    """Who knows the present one may choose another; wrong ones count as in signing in."""
    store = visit.desk.store
    try:
        await again.check(visit.session, visit.form.get("password", ""))
        hashed = await asyncio.to_thread(staff.hash_of, visit.form.get("new", ""), visit.member.name)
    except StaffError as error:
        return await _account(visit, str(error), 400)
    await store.write(staff.change_password, visit.member, hashed, visit.session.id)
    return visit.go_to(f"{ACCOUNT}?changed=yes")


async def offer_code(visit: Visit) -> Response:
    return _set_up(visit, second_factor.new_secret())


async def turn_code_on(visit: Visit) -> Response:
    """From now on a code is asked for; the recovery codes are shown, once."""
    secret = visit.form.get("secret", "")
    if visit.member.has_code:
        raise PageError("The second factor is on already. Turn it off first.")
    try:
        codes = await visit.desk.store.write(second_factor.turn_on, visit.member, secret, visit.form.get("code", ""))
    except StaffError as error:
        return _set_up(visit, secret, str(error))
    return visit.page("recovery-codes.html", codes=codes)


async def turn_code_off(again: Again, visit: Visit) -> Response:
    try:
        await again.check(visit.session, visit.form.get("password", ""))
    except StaffError as error:
        return await _account(visit, str(error), 400)
    await visit.desk.store.write(second_factor.turn_off, visit.member.name, visit.member.name)
    return visit.go_to(ACCOUNT)


async def audit_log(visit: Visit) -> Response:
    lines = await visit.desk.store.read(audit.lines, LINES + 1, number_in(visit.asked, "before"))
    return visit.page("audit.html", lines=lines[:LINES], older=lines[LINES - 1].id if len(lines) > LINES else None)


async def _account(visit: Visit, trouble: str = "", status: int = 200) -> Response:
    store = visit.desk.store
    return visit.page(
        "account.html",
        status,
        sessions=await store.read(staff.sessions_of, visit.member),
        codes_left=await store.read(second_factor.codes_left, visit.member),
        trouble=trouble,
        changed=visit.asked.get("changed") == "yes",
    )


def _set_up(visit: Visit, secret: str, trouble: str = "") -> Response:
    """The picture for the app, with the secret in letters for whoever cannot take it in."""
    valid = secret if second_factor.SECRET.fullmatch(secret) else second_factor.new_secret()
    picture = segno.make(second_factor.address_of(valid, visit.member.name), micro=False)
    drawn = picture.svg_inline(scale=5, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    letters = " ".join(valid[place : place + 4] for place in range(0, len(valid), 4))
    return visit.page(
        "second-factor.html",
        400 if trouble else 200,
        picture=Markup(drawn),  # made by us; the name in it is drawn, and stands nowhere as text
        secret=valid,
        letters=letters,
        trouble=trouble,
    )
