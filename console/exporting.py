"""Export: what is in the list, as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from datetime import datetime, timezone
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from console import listing
from console.visit import PageError, Visit
from conversations import export, privacy
from conversations.export import BY_CONVERSATION, BY_MESSAGE, CSV, JSON_LINES, Wish
from conversations.filters import Filters
from conversations.staff import ADMIN

TYPES = {CSV: "text/csv; charset=utf-8", JSON_LINES: "application/x-ndjson; charset=utf-8"}


async def choose(visit: Visit) -> Response:
    """What to export: the filters come from the list."""
    filters = listing.filters_in(visit.asked)
    return visit.page(
        "export.html",
        filters=asdict(filters),
        chips=[(name, listing.NAMES[name], value) for name, value in filters.query.items()],
        query=urlencode(filters.query),
        back=listing.back_to(filters),
        may_unmask=visit.member.may(ADMIN),
    )


async def file(visit: Visit) -> Response:
    """The file, sent while it is being read. Who exports what is noted before the first row leaves."""
    wish = _wish(visit)
    kind = f"exported {wish.rows} as {wish.form}" + ("" if wish.masked else ", personal data shown")
    await visit.desk.store.write(privacy.note, visit.member.name, kind, _about(wish.filters))
    name = f"{wish.rows}-{datetime.now(timezone.utc):%Y-%m-%d}.{wish.form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_rows(visit, wish), media_type=TYPES[wish.form], headers=headers)


def is_uncovered(form: Mapping[str, str]) -> bool:
    """Whether personal data is to be shown."""
    return form.get("shown") == "yes"


def _wish(visit: Visit) -> Wish:
    rows, form = visit.form.get("rows", BY_CONVERSATION), visit.form.get("form", CSV)
    if rows not in (BY_CONVERSATION, BY_MESSAGE) or form not in TYPES:
        raise PageError("Choose what a row is and which kind of file.")
    shown = is_uncovered(visit.form)
    if shown and not visit.member.may(ADMIN):
        raise PageError("Only an admin may export personal data uncovered.", 403)
    return Wish(listing.filters_in(visit.form), rows, form, masked=not shown)


async def _rows(visit: Visit, wish: Wish) -> AsyncIterator[bytes]:
    if wish.form == CSV:
        yield "\ufeff".encode()  # so that spreadsheets read it as UTF-8
    yield export.head(wish).encode()
    having = await visit.desk.store.read(export.holding, wish.filters)
    cursor = None
    while cursor != "":
        batch = await visit.desk.store.read(export.batch, wish, cursor or "", having)
        cursor = batch.following
        yield batch.text.encode("utf-8", "replace")


def _about(filters: Filters) -> str:
    """The filters without the words looked for, which may be somebody's name."""
    query = {name: "..." if name in ("words", "page") else value for name, value in filters.query.items()}
    return (urlencode(query) or "all")[:120]
