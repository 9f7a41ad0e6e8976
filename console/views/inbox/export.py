"""Export of the conversations that pass the list's filters, as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from console.views.inbox import conversation_list
from console.views.inbox.topic_filter import TopicFilter
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import MEASURE, MenuItem, StaffRoute
from conversations import erasure
from conversations.accounts.accounts import ADMIN, TRAINER
from conversations.review import export
from conversations.review.export import BY_CONVERSATION, BY_MESSAGE, CSV, JSON_LINES, ExportRequest
from conversations.review.filters import Filters
from core.translations import gettext as _

PATH = "/staff/export"
MEDIA_TYPES = {CSV: "text/csv; charset=utf-8", JSON_LINES: "application/x-ndjson; charset=utf-8"}


def is_unmasked(form: Mapping[str, str]) -> bool:
    """Return True if the form asks for personal data to be shown."""
    return form.get("shown") == "yes"


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    topics = TopicFilter(context.titles)

    async def show(request: StaffRequest) -> Response:
        """Show the form, with the filters of the list that it was opened from."""
        filters = conversation_list.filters_from(request.query)
        return request.page(
            "export.html",
            filters=asdict(filters),
            chips=[
                (title, words)
                for _, title, words, _ in conversation_list.in_use(
                    filters, topics, conversation_list.guide_titles(request)
                )
            ],
            query=urlencode(filters.query),
            back=conversation_list.list_url(filters),
            may_unmask=request.member.may(ADMIN),
        )

    return [
        StaffRoute(PATH, show, TRAINER, menu=MenuItem(MEASURE, "Export")),
        StaffRoute(f"{PATH}/file", download, TRAINER, "POST", reauthenticate=is_unmasked),
    ]


async def download(request: StaffRequest) -> Response:
    """Stream the file while it is read from the database; the audit log records it before the first row is sent."""
    wanted = _export_request(request)
    action = f"exported {wanted.rows} as {wanted.form}" + ("" if wanted.masked else ", personal data shown")
    await request.service.store.write(erasure.record_audit, request.member.name, action, _audit_subject(wanted.filters))
    filename = f"{wanted.rows}-{datetime.now(timezone.utc):%Y-%m-%d}.{wanted.form}"
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(_stream(request, wanted), media_type=MEDIA_TYPES[wanted.form], headers=headers)


def _export_request(request: StaffRequest) -> ExportRequest:
    rows, form = request.form.get("rows", BY_CONVERSATION), request.form.get("form", CSV)
    if rows not in (BY_CONVERSATION, BY_MESSAGE) or form not in MEDIA_TYPES:
        raise PageError(_("Choose what a row is and which kind of file."))
    unmasked = is_unmasked(request.form)
    if unmasked and not request.member.may(ADMIN):
        raise PageError(_("Only an admin may export personal data uncovered."), 403)
    return ExportRequest(conversation_list.filters_from(request.form), rows, form, masked=not unmasked)


async def _stream(request: StaffRequest, wanted: ExportRequest) -> AsyncIterator[bytes]:
    if wanted.form == CSV:
        yield "\ufeff".encode()  # so that spreadsheets read it as UTF-8
    yield export.header(wanted).encode()
    matching = await request.service.store.read(export.matching_conversations, wanted.filters)
    cursor = None
    while cursor != "":
        batch = await request.service.store.read(export.read_batch, wanted, cursor or "", matching)
        cursor = batch.next_cursor
        yield batch.text.encode("utf-8", "replace")


def _audit_subject(filters: Filters) -> str:
    """Return the filters for the audit log, without the words searched for, which may be somebody's name."""
    query = {name: "..." if name in ("words", "page") else value for name, value in filters.query.items()}
    return (urlencode(query) or "all")[:120]
