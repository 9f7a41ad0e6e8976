"""One's own account: where one is signed in, password, second factor. And the log of what was done with people's data."""

from __future__ import annotations

import asyncio
from functools import partial

import segno
from markupsafe import Markup
from starlette.responses import Response

from console.identity.reauthentication import Reauthentication
from console.web.navigation import MANAGE, MenuItem
from console.web.request import PageError, StaffRequest, number_in
from console.web.routing import SET_UP_CODE, StaffRoute, always
from conversations import audit_log
from conversations.accounts import accounts, passwords, sessions, totp
from conversations.accounts.accounts import ADMIN, VIEWER
from conversations.errors import StaffError

ACCOUNT = "/staff/account"
LINES = 100


def routes(again: Reauthentication) -> list[StaffRoute]:
    return [
        StaffRoute(ACCOUNT, account_page, VIEWER),
        StaffRoute(f"{ACCOUNT}/end-session", end_session, VIEWER, "POST"),
        StaffRoute(f"{ACCOUNT}/password", partial(change_password, again), VIEWER, "POST"),
        StaffRoute(SET_UP_CODE, offer_code, VIEWER, without_code=True),
        StaffRoute(SET_UP_CODE, turn_code_on, VIEWER, "POST", without_code=True, again=always),
        StaffRoute(f"{SET_UP_CODE}/off", partial(turn_code_off, again), VIEWER, "POST"),
        StaffRoute("/staff/audit", show_audit_log, ADMIN, menu=MenuItem(MANAGE, "Audit log")),
    ]


async def account_page(request: StaffRequest) -> Response:
    """One's own sessions, and what can be changed."""
    return await _account(request)


async def end_session(request: StaffRequest) -> Response:
    """Sign another browser out."""
    if not await request.service.store.write(sessions.end_session, request.member, request.form.get("session", "")):
        raise PageError("This session has ended already.", 404)
    return request.go_to(ACCOUNT)


async def change_password(again: Reauthentication, request: StaffRequest) -> Response:
    """Who knows the present one may choose another; wrong ones count as in signing in."""
    store = request.service.store
    try:
        await again.check(request.session, request.form.get("password", ""))
        hashed = await asyncio.to_thread(passwords.hash_password, request.form.get("new", ""), request.member.name)
    except StaffError as error:
        return await _account(request, str(error), 400)
    await store.write(accounts.change_password, request.member, hashed, request.session.id)
    return request.go_to(f"{ACCOUNT}?changed=yes")


async def offer_code(request: StaffRequest) -> Response:
    return _set_up(request, totp.new_secret())


async def turn_code_on(request: StaffRequest) -> Response:
    """From now on a code is asked for; the recovery codes are shown, once."""
    secret = request.form.get("secret", "")
    if request.member.has_totp:
        raise PageError("The second factor is on already. Turn it off first.")
    try:
        codes = await request.service.store.write(totp.turn_on, request.member, secret, request.form.get("code", ""))
    except StaffError as error:
        return _set_up(request, secret, str(error))
    return request.page("recovery-codes.html", codes=codes)


async def turn_code_off(again: Reauthentication, request: StaffRequest) -> Response:
    try:
        await again.check(request.session, request.form.get("password", ""))
    except StaffError as error:
        return await _account(request, str(error), 400)
    await request.service.store.write(totp.turn_off, request.member.name, request.member.name)
    return request.go_to(ACCOUNT)


async def show_audit_log(request: StaffRequest) -> Response:
    lines = await request.service.store.read(audit_log.entries, LINES + 1, number_in(request.asked, "before"))
    return request.page("audit.html", lines=lines[:LINES], older=lines[LINES - 1].id if len(lines) > LINES else None)


async def _account(request: StaffRequest, trouble: str = "", status: int = 200) -> Response:
    store = request.service.store
    return request.page(
        "account.html",
        status,
        sessions=await store.read(sessions.list_sessions, request.member),
        codes_left=await store.read(totp.count_recovery_codes, request.member),
        trouble=trouble,
        changed=request.asked.get("changed") == "yes",
    )


def _set_up(request: StaffRequest, secret: str, trouble: str = "") -> Response:
    """The picture for the app, with the secret in letters for whoever cannot take it in."""
    valid = secret if totp.SECRET.fullmatch(secret) else totp.new_secret()
    picture = segno.make(totp.provisioning_uri(valid, request.member.name), micro=False)
    drawn = picture.svg_inline(scale=5, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    letters = " ".join(valid[place : place + 4] for place in range(0, len(valid), 4))
    return request.page(
        "second-factor.html",
        400 if trouble else 200,
        picture=Markup(drawn),  # made by us; the name in it is drawn, and stands nowhere as text
        secret=valid,
        letters=letters,
        trouble=trouble,
    )
