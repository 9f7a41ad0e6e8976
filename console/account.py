"""Where one is signed in, and the log of what was done with people's data."""

from __future__ import annotations

from starlette.responses import Response

from console.visit import PageError, Visit
from conversations import audit, staff

LINES = 100


async def sessions(visit: Visit) -> Response:
    """One's own sessions."""
    found = await visit.desk.store.read(staff.sessions_of, visit.member)
    return visit.page("account.html", sessions=found)


async def end_session(visit: Visit) -> Response:
    """Sign another browser out."""
    if not await visit.desk.store.write(staff.end_session, visit.member, visit.form.get("session", "")):
        raise PageError("This session has ended already.", 404)
    return visit.go_to("/staff/account")


async def audit_log(visit: Visit) -> Response:
    before = visit.asked.get("before", "")
    lines = await visit.desk.store.read(audit.lines, LINES + 1, int(before) if before.isdecimal() else None)
    return visit.page("audit.html", lines=lines[:LINES], older=lines[LINES - 1].id if len(lines) > LINES else None)
