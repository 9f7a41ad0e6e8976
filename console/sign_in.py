"""Signing in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from channels.http import Rates, address_of
from console.doors import COOKIE, Doors
from console.frame import Frame
from console.visit import Visit
from conversations import staff
from conversations.desk import Desk

START = "/staff"
TRIES_A_MINUTE = 10  # from one address, whatever the name
WRONG = "Name or password is wrong."


class SignIn:
    def __init__(self, desk: Desk, frame: Frame, doors: Doors, rates: Rates):
        self._desk, self._frame, self._doors, self._rates = desk, frame, doors, rates

    async def show(self, request: Request, form: Mapping[str, str]) -> Response:
        if await self._doors.session(request):
            return RedirectResponse(START, 303)
        return await self._page(request.query_params.get("next", ""))

    async def enter(self, request: Request, form: Mapping[str, str]) -> Response:
        """Check name and password; a right one opens a session, whose cookie holds nothing but its secret number."""
        name, following = form.get("name", "").strip(), form.get("next", "")
        if not await self._rates.within(TRIES_A_MINUTE, "staff sign-in", address_of(request)):
            return await self._page(following, name, "Too many tries. Wait a minute, then try again.", 429)
        store = self._desk.store
        try:
            attempt = await store.write(staff.begin_attempt, name)
        except staff.Locked as error:
            return await self._page(following, name, str(error), 429)
        if not await asyncio.to_thread(staff.is_right, attempt, form.get("password", "")):
            await store.write(staff.attempt_failed, attempt)
            return await self._page(following, name, WRONG, 401)
        token = await store.write(
            staff.open_session, attempt.member, request.headers.get("user-agent", ""), address_of(request)
        )
        return self._with_cookie(RedirectResponse(_safe(following), 303), token)

    async def leave(self, visit: Visit) -> Response:
        await self._desk.store.write(staff.end_session, visit.member, visit.session.id)
        response = RedirectResponse("/staff/sign-in", 303)
        response.delete_cookie(COOKIE, path="/staff")
        return response

    async def _page(self, following: str, name: str = "", trouble: str = "", status: int = 200) -> HTMLResponse:
        html = self._frame.render(
            "sign-in.html",
            session=None,
            member=None,
            path="/staff/sign-in",
            next=following,
            name=name,
            trouble=trouble,
            nobody_yet=not await self._desk.store.read(staff.anybody),
        )
        return HTMLResponse(html, status)

    def _with_cookie(self, response: Response, token: str) -> Response:
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(staff.LONGEST_SESSION.total_seconds()),
            path="/staff",
            secure=self._doors.secure,
            httponly=True,
            samesite="lax",
        )
        return response


def _safe(following: str) -> str:
    """Where to go after signing in: a page of the console, and nothing that leads elsewhere."""
    inside = following.startswith("/staff/") and "\\" not in following and not any(c < " " for c in following)
    return following if inside else START
