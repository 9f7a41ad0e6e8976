"""The one way in: who is asking, what they may, whether the request came from our own page. Every route goes through it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlsplit

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels.http import Refused, body_of
from console.identity.reauthentication import FIELD, Reauthentication
from console.web.navigation import MenuItem
from console.web.request import Page, PageError, StaffRequest
from console.web.templates import Templates
from conversations.accounts import accounts, sessions
from conversations.accounts.sessions import Session
from conversations.errors import StaffError
from conversations.pipeline.service import ConversationService

COOKIE = "advisor_staff"
SET_UP_CODE = "/staff/account/second-factor"
SAFE = ("GET", "HEAD")
MOST_FIELDS = 1000  # of a form; a site with many languages has hundreds
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}


def never(form: Mapping[str, str]) -> bool:
    return False


def always(form: Mapping[str, str]) -> bool:
    return True


@dataclass(frozen=True)
class StaffRoute:
    """A page or an action: its address, how it is asked for, the least role that may. `role` None: nobody need sign in.

    `menu` is what the menu calls it and the group it stands in, where it stands there.
    """

    path: str
    answer: Callable[..., Awaitable[Response]]
    role: str | None = accounts.VIEWER
    method: str = "GET"
    menu: MenuItem | None = None
    again: Callable[[Mapping[str, str]], bool] = (
        never  # of what the form holds: whether to ask for the password once more
    )
    without_code: bool = False  # also for somebody who is still to set up the second factor that is required


class RouteGuard:
    """`code_required`: who signed in with a password sees nothing before a second factor is set up."""

    def __init__(
        self,
        service: ConversationService,
        frame: Templates,
        public_url: str,
        again: Reauthentication,
        code_required: bool = False,
    ):
        self._service, self._frame, self._origin = service, frame, _origin_of(public_url)
        self._again, self._code_required = again, code_required
        self.secure = public_url.startswith("https:")

    def route(self, door: StaffRoute) -> Route:
        """The door as Starlette's route. Nothing is answered before who asks has been looked at."""

        async def answer(request: Request) -> Response:
            try:
                response = await self._open(door, request)
                if isinstance(response, Page):
                    await response.draw()
            except PageError as error:
                response = await self._said(request, str(error), error.status)
            except Refused as error:
                response = await self._said(request, str(error).capitalize() + ".", error.status)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return Route(door.path, answer, methods=[door.method], include_in_schema=False)

    async def session(self, request: Request) -> Session | None:
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        session = await self._service.store.read(sessions.find_session, token)
        if session and sessions.is_stale(session):
            await self._service.store.write(sessions.record_use, session)
        return session

    async def _open(self, door: StaffRoute, request: Request) -> Response:
        form = {} if request.method in SAFE else await form_of(request)
        if request.method not in SAFE:
            self._require_own_page(request)
        if door.role is None:
            return await door.answer(request, form)
        session = await self.session(request)
        if session is None:
            return _to_sign_in(request)
        if request.method not in SAFE:
            _require_token(request, session, form)
        if self._code_required and not (session.member.has_totp or session.via_oidc or door.without_code):
            return _to_set_up(request)
        if not session.member.may(door.role):
            raise PageError(f"This needs the role {door.role}; yours is {session.member.role}. Ask an admin.", 403)
        visit = StaffRequest(request, session, self._service, self._frame, form)
        return await self._asked_again(door, visit) or await door.answer(visit)

    async def _asked_again(self, door: StaffRoute, visit: StaffRequest) -> Response | None:
        """The page that asks for the password once more and then goes on with the form; None where that need not be."""
        form, session = visit.form, visit.session
        if not door.again(form) or self._again.is_fresh(session):
            return None
        trouble = ""
        if FIELD in form:
            try:
                await self._again.check(session, form[FIELD])
                return None
            except StaffError as error:
                trouble = str(error)
        fields = {name: value for name, value in form.items() if name not in (FIELD, "csrf")}
        return visit.page("again.html", 401, to=visit.request.url.path, fields=fields, trouble=trouble, field=FIELD)

    def _require_own_page(self, request: Request) -> None:
        origin = request.headers.get("origin", "")
        if not origin or urlsplit(origin).netloc != request.url.netloc and origin != self._origin:
            raise PageError(
                "This did not come from a page of the console. Go back, load the page again, then try.", 403
            )

    async def _said(self, request: Request, what: str, status: int) -> Response:
        if (
            request.headers.get("hx-request") == "true"
        ):  # into the line for news, and not in place of what is on the page
            return HTMLResponse(escape(what), status, {"HX-Retarget": "#told", "HX-Reswap": "innerHTML"})
        session = await self.session(request)
        member = session.member if session else None
        html = self._frame.render(
            "message.html", session=session, member=member, path=request.url.path, what=what, status=status
        )
        return HTMLResponse(html, status)


async def form_of(request: Request) -> dict[str, str]:
    """What a form sent; of a name that stands there twice, the last."""
    body = (await body_of(request)).decode("utf-8", "replace")
    try:
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise PageError("This form has too many fields.") from None
    return {name: value.replace("\x00", "") for name, value in fields}


def _require_token(request: Request, session: Session, form: Mapping[str, str]) -> None:
    given = request.headers.get("x-csrf-token") or form.get("csrf", "")
    if not sessions.constant_time_equal(given, session.csrf):
        raise PageError("This page is from an earlier sign-in. Go back, load it again, then try.", 403)


def _to_set_up(request: Request) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=403, headers={"HX-Redirect": SET_UP_CODE})
    return RedirectResponse(SET_UP_CODE, 303)


def _to_sign_in(request: Request) -> Response:
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": "/staff/sign-in"})
    if request.method not in SAFE:
        return RedirectResponse("/staff/sign-in", 303)
    return RedirectResponse(f"/staff/sign-in?next={quote(here)}", 303)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
