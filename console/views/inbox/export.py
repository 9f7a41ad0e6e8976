"""Export: what is in the list, as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from console.views.inbox import conversation_list
from console.web.request import PageError, StaffRequest
from conversations import erasure
from conversations.accounts.accounts import ADMIN
from conversations.review import export
from conversations.review.export import BY_CONVERSATION, BY_MESSAGE, CSV, JSON_LINES, ExportRequest
from conversations.review.filters import Filters

TYPES = {CSV: "text/csv; charset=utf-8", JSON_LINES: "application/x-ndjson; charset=utf-8"}


async def choose(request: StaffRequest) -> Response:
    """What to export: the filters come from the list."""
    filters = conversation_list.filters_in(request.asked)
    return request.page(
        "export.html",
        filters=asdict(filters),
        chips=[(name, conversation_list.NAMES[name], value) for name, value in filters.query.items()],
        query=urlencode(filters.query),
        back=conversation_list.back_to(filters),
        may_unmask=request.member.may(ADMIN),
    )


async def file(request: StaffRequest) -> Response:
    """The file, sent while it is being read. Who exports what is noted before the first row leaves."""
    wish = _wish(request)
    kind = f"exported {wish.rows} as {wish.form}" + ("" if wish.masked else ", personal data shown")
    await request.service.store.write(erasure.record_audit, request.member.name, kind, _about(wish.filters))
    name = f"{wish.rows}-{datetime.now(timezone.utc):%Y-%m-%d}.{wish.form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_rows(request, wish), media_type=TYPES[wish.form], headers=headers)


def is_uncovered(form: Mapping[str, str]) -> bool:
    """Whether personal data is to be shown."""
    return form.get("shown") == "yes"


def _wish(request: StaffRequest) -> ExportRequest:
    rows, form = request.form.get("rows", BY_CONVERSATION), request.form.get("form", CSV)
    if rows not in (BY_CONVERSATION, BY_MESSAGE) or form not in TYPES:
        raise PageError("Choose what a row is and which kind of file.")
    shown = is_uncovered(request.form)
    if shown and not request.member.may(ADMIN):
        raise PageError("Only an admin may export personal data uncovered.", 403)
    return ExportRequest(conversation_list.filters_in(request.form), rows, form, masked=not shown)


async def _rows(request: StaffRequest, wish: ExportRequest) -> AsyncIterator[bytes]:
    if wish.form == CSV:
        yield "\ufeff".encode()  # so that spreadsheets read it as UTF-8
    yield export.header(wish).encode()
    having = await request.service.store.read(export.matching_conversations, wish.filters)
    cursor = None
    while cursor != "":
        batch = await request.service.store.read(export.read_batch, wish, cursor or "", having)
        cursor = batch.next_cursor
        yield batch.text.encode("utf-8", "replace")


def _about(filters: Filters) -> str:
    """The filters without the words looked for, which may be somebody's name."""
    query = {name: "..." if name in ("words", "page") else value for name, value in filters.query.items()}
    return (urlencode(query) or "all")[:120]
