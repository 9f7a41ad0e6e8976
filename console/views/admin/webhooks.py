"""Webhooks: addresses of the organisation's other programs that are told of events, with what came of the last ones."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection
from starlette.responses import Response

from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import MANAGE, MenuItem, StaffRoute, always
from conversations.accounts.accounts import ADMIN
from conversations.erasure import record_audit
from conversations.integrations import webhooks
from core.translations import gettext as _
from core.translations import marked

PATH = "/staff/webhooks"
NOT_FOUND = marked("There is no such webhook. Load the page again.")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    return [
        StaffRoute(PATH, show, ADMIN, menu=MenuItem(MANAGE, "Webhooks")),
        StaffRoute(PATH, add, ADMIN, "POST", reauthenticate=always),
        StaffRoute(f"{PATH}/test", send_test, ADMIN, "POST"),
        StaffRoute(f"{PATH}/resume", resume, ADMIN, "POST"),
        StaffRoute(f"{PATH}/remove", remove, ADMIN, "POST"),
    ]


async def show(request: StaffRequest) -> Response:
    """Show all webhooks with their newest events, and the form of a new one."""
    return await _page(request)


async def add(request: StaffRequest) -> Response:
    """Store a webhook and show its secret, this once."""
    url = request.form.get("url", "")
    events = [event for event in webhooks.EVENTS if request.form.get(f"event.{event}") == "yes"]
    secret = await request.service.store.write(_add, url, events, request.member.name)
    return await _page(request, url.strip(), secret)


async def send_test(request: StaffRequest) -> Response:
    """Send a webhook an event that says nothing."""
    return await _changed(request, await request.service.store.write(webhooks.send_test, _webhook_id(request)))


async def resume(request: StaffRequest) -> Response:
    """Send events to a stopped webhook again."""
    return await _changed(request, await request.service.store.write(webhooks.resume_webhook, _webhook_id(request)))


async def remove(request: StaffRequest) -> Response:
    """Delete a webhook, with what was to be sent to it."""
    is_removed = await request.service.store.write(_remove, _webhook_id(request), request.member.name)
    return await _changed(request, is_removed)


async def _page(request: StaffRequest, url: str = "", secret: str = "") -> Response:
    read = request.service.store.read
    listed = await read(webhooks.list_webhooks)
    deliveries = {each.id: await read(webhooks.recent_deliveries, each.id) for each in listed}
    titles = {**webhooks.EVENTS, webhooks.TEST: _("A test")}
    return request.page(
        "webhooks.html",
        webhooks=listed,
        deliveries=deliveries,
        events=webhooks.EVENTS,
        titles=titles,
        results=webhooks.RESULTS,
        shown_for=url,
        shown=secret,
    )


async def _changed(request: StaffRequest, is_done: bool) -> Response:
    if not is_done:
        raise PageError(_(NOT_FOUND), 404)
    return request.redirect(PATH)


def _webhook_id(request: StaffRequest) -> int:
    return required_number(request.form.get("webhook", ""), _(NOT_FOUND))


def _add(connection: Connection, url: str, events: Iterable[str], by: str) -> str:
    secret = webhooks.add_webhook(connection, url, events, by)
    record_audit(connection, by, "added a webhook", url.strip()[:120])
    return secret


def _remove(connection: Connection, webhook_id: int, by: str) -> bool:
    url = webhooks.remove_webhook(connection, webhook_id)
    if url:
        record_audit(connection, by, "removed a webhook", url[:120])
    return url is not None
