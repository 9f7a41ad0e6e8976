"""Signing in and out: by password with a second factor, or by the organisation's identity provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from channels.http import RateLimits, address_of
from console.identity.invitations import Invitations
from console.identity.login_attempts import KNOWN_DAYS, LoginAttempts, LoginOrigin, right_password
from console.identity.oidc import OidcError, OidcProvider
from console.web.request import StaffRequest
from console.web.routing import COOKIE, RouteGuard, StaffRoute
from console.web.templates import Templates
from conversations.accounts import accounts, login_attempts, oidc_logins, sessions, totp
from conversations.accounts.accounts import VIEWER, Member
from conversations.errors import StaffError
from conversations.pipeline.service import ConversationService

START, SIGN_IN = "/staff", "/staff/sign-in"
CODE, OUTSIDE, BACK, INVITED = f"{SIGN_IN}/code", f"{SIGN_IN}/outside", f"{SIGN_IN}/back", f"{SIGN_IN}/invited"
STATE_COOKIE = "advisor_staff_outside"  # ties an answer of the provider to the browser that asked
INVITED_COOKIE = "advisor_staff_invited"  # an invitation, on its way to the provider and back
KNOWN_COOKIE = "advisor_staff_known"  # of a browser that has signed in before
TRIES_A_MINUTE = 10  # from one address or known browser, whatever the name
WRONG, WRONG_CODE = "Name or password is wrong.", "This code is not right."


@dataclass(frozen=True)
class SignInMethods:
    """How one may sign in. `title` is what the page calls the provider."""

    provider: OidcProvider | None = None
    title: str = ""
    by_password: bool = True


class SignInPages:
    def __init__(
        self,
        service: ConversationService,
        frame: Templates,
        doors: RouteGuard,
        rates: RateLimits,
        ways: SignInMethods,
        tries: LoginAttempts,
        invitations: Invitations,
    ):
        self._service, self._frame, self._doors = service, frame, doors
        self._rates, self._ways, self._tries, self._invitations = rates, ways, tries, invitations

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(SIGN_IN, self.show, role=None),
            StaffRoute(SIGN_IN, self.enter, role=None, method="POST"),
            StaffRoute(CODE, self.show_code, role=None),
            StaffRoute(CODE, self.enter_code, role=None, method="POST"),
            StaffRoute(OUTSIDE, self.go_outside, role=None),
            StaffRoute(BACK, self.come_back, role=None),
            StaffRoute(f"{INVITED}/{{invitation}}", self.accept_invitation, role=None),
            StaffRoute("/staff/sign-out", self.leave, VIEWER, "POST", without_code=True),
        ]

    # --- by password --------------------------------------------------------------------------------------------------
    async def show(self, request: Request, form: Mapping[str, str]) -> Response:
        if await self._doors.session(request):
            return RedirectResponse(START, 303)
        return await self._page(request.query_params.get("next", ""))

    async def enter(self, request: Request, form: Mapping[str, str]) -> Response:
        """Check name and password; a right one opens a session, whose cookie holds nothing but its secret number."""
        name, following = form.get("name", "").strip(), form.get("next", "")
        if not self._ways.by_password:
            return await self._page(following, name, "Passwords are not taken here.", 403)
        place = self._place(request, name)
        if not await self._may_try(request, place):
            return await self._page(following, name, "Too many tries. Wait a minute, then try again.", 429)
        attempt = await self._service.store.read(login_attempts.find_attempt, name)
        try:
            is_right = await right_password(self._service, self._tries, attempt, place, form.get("password", ""))
        except login_attempts.AccountLocked as error:
            return await self._page(following, name, str(error), 429)
        if not is_right:
            return await self._page(following, name, WRONG, 401)
        if attempt.member.has_totp:
            return await self._opened(
                request, attempt.member, f"{CODE}?next={quote(_safe(following))}", awaits_totp=True
            )
        return await self._opened(request, attempt.member, _safe(following))

    # --- the second factor --------------------------------------------------------------------------------------------
    async def show_code(self, request: Request, form: Mapping[str, str]) -> Response:
        if await self._half(request) is None:
            return RedirectResponse(SIGN_IN, 303)
        return self._code_page(request.query_params.get("next", ""))

    async def enter_code(self, request: Request, form: Mapping[str, str]) -> Response:
        half, following = await self._half(request), form.get("next", "")
        if half is None:
            return await self._page(following, "", "That took too long. Sign in once more.", 401)
        if not await self._may_try(request, self._place(request, half.member.name)):
            return self._code_page(following, "Too many tries. Wait a minute, then try again.", 429)
        store = self._service.store
        try:
            right = await store.write(totp.check, half.member, form.get("code", ""))
        except login_attempts.AccountLocked as error:
            return self._code_page(following, str(error), 429)
        if not right:
            return self._code_page(following, WRONG_CODE, 401)
        await store.write(sessions.end_session, half.member, half.id)
        return await self._opened(request, half.member, _safe(following))

    # --- by the identity provider -------------------------------------------------------------------------------------
    async def go_outside(self, request: Request, form: Mapping[str, str]) -> Response:
        """To the provider, which sends the browser back. A link and no form: browsers hold form-action against its answer."""
        if self._ways.provider is None:
            return await self._page("", "", "There is no identity provider.", 404)
        if not await self._may_try(request, self._place(request, "")):
            return await self._page("", "", "Too many tries. Wait a minute, then try again.", 429)
        one = await self._service.store.write(oidc_logins.start_login, request.query_params.get("next", ""))
        try:
            address = await self._ways.provider.address(one)
        except OidcError as error:
            return await self._page(one.following, "", str(error), 502)
        response = RedirectResponse(address, 303)
        self._set_cookie(response, STATE_COOKIE, one.state, oidc_logins.WITHIN.total_seconds(), SIGN_IN)
        return response

    async def come_back(self, request: Request, form: Mapping[str, str]) -> Response:
        """From the provider, with its answer."""
        asked, state = request.query_params, request.cookies.get(STATE_COOKIE, "")
        if self._ways.provider is None or not state or not sessions.constant_time_equal(asked.get("state", ""), state):
            return await self._page("", "", "This sign-in was begun elsewhere, or too long ago. Try again.", 400)
        one = await self._service.store.write(oidc_logins.pop_login, state)
        if one is None:
            return await self._page("", "", "That took too long. Try again.", 400)
        if not asked.get("code"):
            return await self._page(one.following, "", "The identity provider did not sign you in.", 401)
        try:
            person = await self._ways.provider.who(one, asked["code"])
            invited = self._invitations.read(request.cookies.get(INVITED_COOKIE, ""))
            member = await self._service.store.write(oidc_logins.account_for, person, invited)
        except OidcError as error:
            return await self._page(one.following, "", str(error), 502)
        except StaffError as error:
            return await self._page(one.following, "", str(error), 403)
        response = await self._opened(request, member, _safe(one.following), via_oidc=True)
        for cookie in (STATE_COOKIE, INVITED_COOKIE):
            response.delete_cookie(cookie, path=SIGN_IN)
        return response

    async def accept_invitation(self, request: Request, form: Mapping[str, str]) -> Response:
        """An admin's link: whoever opens it and signs in to the provider is who the account is for."""
        token = request.path_params["invitation"]
        if self._ways.provider is None or not self._invitations.read(token):
            return await self._page("", "", "This invitation is not good any more. Ask an admin for a new one.", 404)
        response = RedirectResponse(OUTSIDE, 303)
        self._set_cookie(response, INVITED_COOKIE, token, oidc_logins.WITHIN.total_seconds(), SIGN_IN)
        return response

    async def leave(self, visit: StaffRequest) -> Response:
        await self._service.store.write(sessions.end_session, visit.member, visit.session.id)
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE, path="/staff")
        return response

    # --- both ---------------------------------------------------------------------------------------------------------
    async def _half(self, request: Request) -> sessions.Session | None:
        token = request.cookies.get(COOKIE, "")
        return await self._service.store.read(sessions.session_awaiting_totp, token) if token else None

    def _place(self, request: Request, name: str) -> LoginOrigin:
        return self._tries.place(request.cookies.get(KNOWN_COOKIE, ""), name, address_of(request))

    async def _may_try(self, request: Request, place: LoginOrigin) -> bool:
        return await self._rates.within(TRIES_A_MINUTE, "staff sign-in", place.kind, place.name)

    async def _opened(self, request: Request, member: Member, address: str, **kind: bool) -> Response:
        """On to an address, with the cookie of a new session."""
        agent = request.headers.get("user-agent", "")
        token = await self._service.store.write(sessions.open_session, member, agent, address_of(request), **kind)
        response = RedirectResponse(address, 303)
        self._set_cookie(response, COOKIE, token, sessions.LONGEST_SESSION.total_seconds(), "/staff")
        if not kind:  # whole, and by a password
            known = self._tries.cookie_for(member.name)
            self._set_cookie(response, KNOWN_COOKIE, known, KNOWN_DAYS * 24 * 3600, SIGN_IN)
        return response

    def _set_cookie(self, response: Response, name: str, value: str, seconds: float, path: str) -> None:
        response.set_cookie(
            name, value, max_age=int(seconds), path=path, secure=self._doors.secure, httponly=True, samesite="lax"
        )

    async def _page(self, following: str, name: str = "", trouble: str = "", status: int = 200) -> HTMLResponse:
        nobody_yet = not await self._service.store.read(accounts.any_account_exists)
        return self._render("sign-in.html", status, next=following, name=name, trouble=trouble, nobody_yet=nobody_yet)

    def _code_page(self, following: str, trouble: str = "", status: int = 200) -> HTMLResponse:
        return self._render("sign-in-code.html", status, next=following, trouble=trouble)

    def _render(self, template: str, status: int, **values) -> HTMLResponse:
        shared = {"session": None, "member": None, "path": SIGN_IN, "ways": self._ways}
        return HTMLResponse(self._frame.render(template, **shared, **values), status)


def _safe(following: str) -> str:
    """Where to go after signing in: a page of the console, and nothing that leads elsewhere."""
    inside = following.startswith("/staff/") and "\\" not in following and not any(c < " " for c in following)
    return following if inside else START
