"""Tokens with which the organisation's other programs use the data API."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection
from starlette.responses import Response

from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, optional_number, required_number
from console.web.routing import MANAGE, MenuItem, StaffRoute, always
from conversations.accounts.accounts import ADMIN
from conversations.erasure import record_audit
from conversations.integrations import api_tokens
from core.translations import gettext as _
from core.translations import marked

PATH = "/staff/tokens"
NOT_FOUND = marked("There is no such token. Load the page again.")
PROPOSED_DAYS = 365


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, ADMIN, menu=MenuItem(MANAGE, "API tokens")),
        StaffRoute(PATH, add, ADMIN, "POST", reauthenticate=always),
        StaffRoute(f"{PATH}/remove", remove, ADMIN, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Show all tokens, and the form of a new one."""
    return await _page(request)


async def add(request: StaffRequest) -> Response:
    """Make a token and show it, this once."""
    name, days = request.form.get("name", ""), optional_number(request.form, "days") or 0
    scopes = [scope for scope in api_tokens.SCOPES if request.form.get(f"scope.{scope}") == "yes"]
    token = await request.service.store.write(_add, name, scopes, days, request.member.name)
    return await _page(request, name, token)


async def remove(request: StaffRequest) -> Response:
    """Delete a token; what uses it is refused from now on."""
    token_id = required_number(request.form.get("token", ""), _(NOT_FOUND))
    if not await request.service.store.write(_remove, token_id, request.member.name):
        raise PageError(_(NOT_FOUND), 404)
    return request.redirect(PATH)


async def _page(request: StaffRequest, name: str = "", token: str = "") -> Response:
    return request.page(
        "api-tokens.html",
        tokens=await request.service.store.read(api_tokens.list_tokens),
        scopes=api_tokens.SCOPES,
        days=PROPOSED_DAYS,
        longest=api_tokens.LONGEST_DAYS,
        shown_for=name,
        shown=token,
    )


def _add(connection: Connection, name: str, scopes: Iterable[str], days: int, by: str) -> str:
    token = api_tokens.add_token(connection, name, scopes, days, by)
    record_audit(connection, by, "added an API token", " ".join(name.split()))
    return token


def _remove(connection: Connection, token_id: int, by: str) -> bool:
    name = api_tokens.remove_token(connection, token_id)
    if name:
        record_audit(connection, by, "removed an API token", name)
    return name is not None
