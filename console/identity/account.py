"""The account page: sessions, password and second factor of whoever is signed in; and the audit log."""

from __future__ import annotations

import asyncio
from functools import partial

import segno
from markupsafe import Markup
from starlette.responses import Response

from console.identity.reauthentication import Reauthentication
from console.translations.languages import languages
from console.web.request import LOOK_COOKIE, LOOKS, PageError, StaffRequest, optional_number
from console.web.routing import MANAGE, TOTP_SETUP, MenuItem, StaffRoute, always
from conversations import audit_log
from conversations.accounts import accounts, passwords, sessions, totp
from conversations.accounts.accounts import ADMIN, VIEWER
from conversations.errors import StaffError
from conversations.integrations import push_subscriptions
from conversations.local_days import office_zone, zones
from core.translations import gettext as _

PATH = "/staff/account"
PAGE_SIZE = 100  # entries of the audit log
YEAR = 365 * 24 * 3600  # seconds


def routes(reauthentication: Reauthentication, sends_mail: bool, secure: bool) -> list[StaffRoute]:
    """Return the routes of this page; `sends_mail` if staff can be told of notifications by e-mail.

    `secure` if cookies are only for connections over https.
    """
    return [
        StaffRoute(PATH, show, VIEWER),
        StaffRoute(f"{PATH}/end-session", end_session, VIEWER, "POST"),
        StaffRoute(f"{PATH}/name", change_display_name, VIEWER, "POST"),
        StaffRoute(f"{PATH}/zone", change_time_zone, VIEWER, "POST"),
        StaffRoute(f"{PATH}/language", change_language, VIEWER, "POST"),
        StaffRoute(f"{PATH}/look", partial(change_look, secure), VIEWER, "POST"),
        *([StaffRoute(f"{PATH}/notify", change_notify_address, VIEWER, "POST")] if sends_mail else []),
        StaffRoute(f"{PATH}/password", partial(change_password, reauthentication), VIEWER, "POST"),
        StaffRoute(TOTP_SETUP, show_totp_setup, VIEWER, before_totp=True),
        StaffRoute(TOTP_SETUP, turn_totp_on, VIEWER, "POST", before_totp=True, reauthenticate=always),
        StaffRoute(f"{TOTP_SETUP}/off", partial(turn_totp_off, reauthentication), VIEWER, "POST"),
        StaffRoute("/staff/audit", show_audit_log, ADMIN, menu=MenuItem(MANAGE, "Audit log")),
    ]


async def show(request: StaffRequest) -> Response:
    """Show the open sessions, and the forms for password and second factor."""
    return await _page(request)


async def end_session(request: StaffRequest) -> Response:
    """End another session of the same account."""
    if not await request.service.store.write(sessions.end_session, request.member, request.form.get("session", "")):
        raise PageError(_("This session has ended already."), 404)
    return request.redirect(PATH)


async def change_display_name(request: StaffRequest) -> Response:
    """Set the name by which visitors meet whoever is signed in."""
    name = request.member.name
    try:
        await request.service.store.write(accounts.set_display_name, name, request.form.get("shown", ""), name)
    except StaffError as error:
        return await _page(request, str(error), 400)
    return request.redirect(f"{PATH}?named=yes")


async def change_notify_address(request: StaffRequest) -> Response:
    """Set where whoever is signed in is told by e-mail of notifications; empty for nowhere."""
    try:
        address = request.form.get("address", "")
        await request.service.store.write(accounts.set_notify_address, request.member, address)
    except StaffError as error:
        return await _page(request, str(error), 400)
    return request.redirect(f"{PATH}#notify")


async def change_time_zone(request: StaffRequest) -> Response:
    """Set by whose clock whoever is signed in is told times and days; empty for the installation's."""
    try:
        await request.service.store.write(accounts.set_time_zone, request.member, request.form.get("zone", ""))
    except StaffError as error:
        return await _page(request, str(error), 400)
    return request.redirect(f"{PATH}#zone")


async def change_language(request: StaffRequest) -> Response:
    """Set the language in which the console speaks with whoever is signed in; empty for the installation's."""
    language = request.form.get("language", "")
    if language and language not in languages():
        raise PageError(_("The console does not speak this language. Choose one from the list."))
    await request.service.store.write(accounts.set_language, request.member, language)
    return request.redirect(PATH)


async def change_look(secure: bool, request: StaffRequest) -> Response:
    """Set whether this browser shows the console light or dark; empty to go by the device."""
    chosen = request.form.get("look", "")
    if chosen and chosen not in LOOKS:
        raise PageError(_("There is no such look. Choose one from the list."))
    response = request.redirect(f"{PATH}#look")
    if chosen:
        response.set_cookie(LOOK_COOKIE, chosen, YEAR, path="/staff", httponly=True, samesite="lax", secure=secure)
    else:
        response.delete_cookie(LOOK_COOKIE, path="/staff", httponly=True, samesite="lax", secure=secure)
    return response


async def change_password(reauthentication: Reauthentication, request: StaffRequest) -> Response:
    """Set a new password if the present one is right; wrong ones are counted and lock the form for a while."""
    store = request.service.store
    try:
        await reauthentication.check(request.session, request.form.get("password", ""))
        hashed = await asyncio.to_thread(passwords.hash_password, request.form.get("new", ""), request.member.name)
    except StaffError as error:
        return await _page(request, str(error), 400)
    await store.write(accounts.change_password, request.member, hashed, request.session.id)
    return request.redirect(f"{PATH}?changed=yes")


async def show_totp_setup(request: StaffRequest) -> Response:
    """Show a new secret for the app that makes the codes."""
    return _totp_setup_page(request, totp.new_secret())


async def turn_totp_on(request: StaffRequest) -> Response:
    """Turn the second factor on and show the recovery codes, once."""
    secret = request.form.get("secret", "")
    if request.member.has_totp:
        raise PageError(_("The second factor is on already. Turn it off first."))
    try:
        codes = await request.service.store.write(totp.turn_on, request.member, secret, request.form.get("code", ""))
    except StaffError as error:
        return _totp_setup_page(request, secret, str(error))
    return request.page("recovery-codes.html", codes=codes)


async def turn_totp_off(reauthentication: Reauthentication, request: StaffRequest) -> Response:
    """Turn the second factor off if the password is right."""
    try:
        await reauthentication.check(request.session, request.form.get("password", ""))
    except StaffError as error:
        return await _page(request, str(error), 400)
    await request.service.store.write(totp.turn_off, request.member.name, request.member.name)
    return request.redirect(PATH)


async def show_audit_log(request: StaffRequest) -> Response:
    """Show the newest entries of the audit log, or those before the entry that `before` names."""
    before = optional_number(request.query, "before")
    entries = await request.service.store.read(audit_log.entries, PAGE_SIZE + 1, before)
    older = entries[PAGE_SIZE - 1].id if len(entries) > PAGE_SIZE else None
    return request.page("audit-log.html", entries=entries[:PAGE_SIZE], older=older)


async def _page(request: StaffRequest, error: str = "", status: int = 200) -> Response:
    store = request.service.store
    return request.page(
        "account.html",
        status,
        sessions=await store.read(sessions.list_sessions, request.member),
        codes_left=await store.read(totp.count_recovery_codes, request.member),
        error=error,
        browsers=await store.read(push_subscriptions.of_account, request.member.id),
        zones=zones(),
        office_zone=office_zone(),
        named=request.query.get("named") == "yes",
        changed=request.query.get("changed") == "yes",
    )


def _totp_setup_page(request: StaffRequest, secret: str, error: str = "") -> Response:
    """Return the page with the secret as a QR code and in letters."""
    valid = secret if totp.SECRET.fullmatch(secret) else totp.new_secret()
    qr_code = segno.make(totp.provisioning_uri(valid, request.member.name), micro=False)
    svg = qr_code.svg_inline(scale=5, border=2, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    letters = " ".join(valid[start : start + 4] for start in range(0, len(valid), 4))
    return request.page(
        "totp-setup.html",
        400 if error else 200,
        picture=Markup(svg),  # safe: segno draws the name and never writes it as text
        secret=valid,
        letters=letters,
        error=error,
    )
