"""Sign-in and sign-out: by password with an optional second factor, or by the organisation's identity provider."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from channels.http import RateLimits, address_of
from console.identity.invitations import Invitations
from console.identity.login_attempts import KNOWN_BROWSER_DAYS, LoginAttempts, LoginOrigin, password_is_right
from console.identity.oidc_errors import OidcError
from console.web.guard import COOKIE, RouteGuard
from console.web.request import StaffRequest
from console.web.routing import StaffRoute
from console.web.templates import Templates
from conversations.accounts import accounts, login_attempts, oidc_logins, sessions, totp
from conversations.accounts.accounts import VIEWER, Member
from conversations.errors import StaffError
from conversations.pipeline.service import ConversationService
from core.translations import gettext as _
from core.translations import marked

if TYPE_CHECKING:
    from console.identity.oidc import OidcProvider

HOME, SIGN_IN = "/staff", "/staff/sign-in"
CODE, OIDC_START, OIDC_CALLBACK, INVITED = (
    f"{SIGN_IN}/code",
    f"{SIGN_IN}/outside",
    f"{SIGN_IN}/back",
    f"{SIGN_IN}/invited",
)
STATE_COOKIE = "advisor_staff_outside"  # ties the provider's answer to the browser that it was asked for
INVITED_COOKIE = "advisor_staff_invited"  # keeps an invitation while the browser is at the provider
KNOWN_COOKIE = "advisor_staff_known"  # of a browser that has signed in before
ATTEMPTS_PER_MINUTE = 10  # of one origin, for all names together
WRONG, WRONG_CODE = marked("Name or password is wrong."), marked("This code is not right.")


@dataclass(frozen=True)
class SignInMethods:
    """The ways to sign in that the settings allow; `title` is what the page calls the provider."""

    provider: OidcProvider | None = None
    title: str = ""
    by_password: bool = True


class SignInPages:
    """Pages and actions of signing in and out."""

    def __init__(
        self,
        service: ConversationService,
        templates: Templates,
        guard: RouteGuard,
        rates: RateLimits,
        methods: SignInMethods,
        attempts: LoginAttempts,
        invitations: Invitations,
    ) -> None:
        self._service, self._templates, self._guard = service, templates, guard
        self._rates, self._methods, self._attempts, self._invitations = rates, methods, attempts, invitations

    def routes(self) -> list[StaffRoute]:
        """Return the routes of this page."""
        return [
            StaffRoute(SIGN_IN, self.show, role=None),
            StaffRoute(SIGN_IN, self.enter, role=None, method="POST"),
            StaffRoute(CODE, self.show_code, role=None),
            StaffRoute(CODE, self.enter_code, role=None, method="POST"),
            StaffRoute(OIDC_START, self.start_oidc, role=None),
            StaffRoute(OIDC_CALLBACK, self.finish_oidc, role=None),
            StaffRoute(f"{INVITED}/{{invitation}}", self.accept_invitation, role=None),
            StaffRoute("/staff/sign-out", self.sign_out, VIEWER, "POST", before_totp=True),
        ]

    # --- by password --------------------------------------------------------------------------------------------------
    async def show(self, request: Request, form: Mapping[str, str]) -> Response:
        """Show the sign-in page, or the console to somebody who is signed in."""
        if await self._guard.session(request):
            return RedirectResponse(HOME, 303)
        return await self._page(request.query_params.get("next", ""))

    async def enter(self, request: Request, form: Mapping[str, str]) -> Response:
        """Check name and password and open a session; with a second factor set up, the session still needs the code."""
        name, next_path = form.get("name", "").strip(), form.get("next", "")
        if not self._methods.by_password:
            return await self._page(next_path, name, _("Passwords are not taken here."), 403)
        origin = self._origin(request, name)
        if not await self._within_rate(origin):
            return await self._page(next_path, name, _("Too many tries. Wait a minute, then try again."), 429)
        attempt = await self._service.store.read(login_attempts.find_attempt, name)
        try:
            is_right = await password_is_right(self._service, self._attempts, attempt, origin, form.get("password", ""))
        except login_attempts.AccountLocked as error:
            return await self._page(next_path, name, str(error), 429)
        member = attempt.member
        if not is_right or member is None:
            return await self._page(next_path, name, _(WRONG), 401)
        if member.has_totp:
            return await self._open_session(request, member, f"{CODE}?next={quote(_safe(next_path))}", awaits_totp=True)
        return await self._open_session(request, member, _safe(next_path))

    # --- the second factor --------------------------------------------------------------------------------------------
    async def show_code(self, request: Request, form: Mapping[str, str]) -> Response:
        """Show the page that asks for the code."""
        if await self._session_awaiting_code(request) is None:
            return RedirectResponse(SIGN_IN, 303)
        return self._code_page(request.query_params.get("next", ""))

    async def enter_code(self, request: Request, form: Mapping[str, str]) -> Response:
        """Check the code and replace the session that awaits it by a full session."""
        pending, next_path = await self._session_awaiting_code(request), form.get("next", "")
        if pending is None:
            return await self._page(next_path, "", _("That took too long. Sign in once more."), 401)
        if not await self._within_rate(self._origin(request, pending.member.name)):
            return self._code_page(next_path, _("Too many tries. Wait a minute, then try again."), 429)
        store = self._service.store
        try:
            is_right = await store.write(totp.check, pending.member, form.get("code", ""))
        except login_attempts.AccountLocked as error:
            return self._code_page(next_path, str(error), 429)
        if not is_right:
            return self._code_page(next_path, _(WRONG_CODE), 401)
        await store.write(sessions.end_session, pending.member, pending.id)
        return await self._open_session(request, pending.member, _safe(next_path))

    # --- by the identity provider -------------------------------------------------------------------------------------
    async def start_oidc(self, request: Request, form: Mapping[str, str]) -> Response:
        """Send the browser to the provider.

        The page has a link here and not a form: browsers apply the policy `form-action` to redirects of a form, too.
        """
        if self._methods.provider is None:
            return await self._page("", "", _("There is no identity provider."), 404)
        if not await self._within_rate(self._origin(request, "")):
            return await self._page("", "", _("Too many tries. Wait a minute, then try again."), 429)
        login = await self._service.store.write(oidc_logins.start_login, request.query_params.get("next", ""))
        try:
            address = await self._methods.provider.authorization_url(login)
        except OidcError as error:
            return await self._page(login.following, "", str(error), 502)
        response = RedirectResponse(address, 303)
        self._set_cookie(response, STATE_COOKIE, login.state, oidc_logins.WITHIN.total_seconds(), SIGN_IN)
        return response

    async def finish_oidc(self, request: Request, form: Mapping[str, str]) -> Response:
        """Open a session for the person whom the provider sends back, if an account is theirs."""
        query, state = request.query_params, request.cookies.get(STATE_COOKIE, "")
        if (
            self._methods.provider is None
            or not state
            or not sessions.constant_time_equal(query.get("state", ""), state)
        ):
            return await self._page("", "", _("This sign-in was begun elsewhere, or too long ago. Try again."), 400)
        login = await self._service.store.write(oidc_logins.pop_login, state)
        if login is None:
            return await self._page("", "", _("That took too long. Try again."), 400)
        if not query.get("code"):
            return await self._page(login.following, "", _("The identity provider did not sign you in."), 401)
        try:
            person = await self._methods.provider.exchange_code(login, query["code"])
            invited = self._invitations.read(request.cookies.get(INVITED_COOKIE, ""))
            member = await self._service.store.write(oidc_logins.account_for, person, invited)
        except OidcError as error:
            return await self._page(login.following, "", str(error), 502)
        except StaffError as error:
            return await self._page(login.following, "", str(error), 403)
        response = await self._open_session(request, member, _safe(login.following), via_oidc=True)
        for cookie in (STATE_COOKIE, INVITED_COOKIE):
            response.delete_cookie(cookie, path=SIGN_IN)
        return response

    async def accept_invitation(self, request: Request, form: Mapping[str, str]) -> Response:
        """Keep an invitation in a cookie and go on to the provider; its account will be tied to whoever signs in there."""
        token = request.path_params["invitation"]
        if self._methods.provider is None or not self._invitations.read(token):
            return await self._page("", "", _("This invitation is not good any more. Ask an admin for a new one."), 404)
        response = RedirectResponse(OIDC_START, 303)
        self._set_cookie(response, INVITED_COOKIE, token, oidc_logins.WITHIN.total_seconds(), SIGN_IN)
        return response

    async def sign_out(self, request: StaffRequest) -> Response:
        """End the session."""
        await self._service.store.write(sessions.end_session, request.member, request.session.id)
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE, path="/staff")
        return response

    # --- shared -------------------------------------------------------------------------------------------------------
    async def _session_awaiting_code(self, request: Request) -> sessions.Session | None:
        token = request.cookies.get(COOKIE, "")
        return await self._service.store.read(sessions.session_awaiting_totp, token) if token else None

    def _origin(self, request: Request, name: str) -> LoginOrigin:
        return self._attempts.origin(request.cookies.get(KNOWN_COOKIE, ""), name, address_of(request))

    async def _within_rate(self, origin: LoginOrigin) -> bool:
        return await self._rates.within(ATTEMPTS_PER_MINUTE, "staff sign-in", origin.kind, origin.id)

    async def _open_session(self, request: Request, member: Member, path: str, **kind: bool) -> Response:
        """Open a session and return the redirect that sets its cookie.

        `kind` marks a session that still awaits the code, or that the identity provider opened.
        """
        agent = request.headers.get("user-agent", "")
        token = await self._service.store.write(sessions.open_session, member, agent, address_of(request), **kind)
        response = RedirectResponse(path, 303)
        self._set_cookie(response, COOKIE, token, sessions.LONGEST_SESSION.total_seconds(), "/staff")
        if not kind:  # a complete session, by password
            known = self._attempts.known_browser_cookie(member.name)
            self._set_cookie(response, KNOWN_COOKIE, known, KNOWN_BROWSER_DAYS * 24 * 3600, SIGN_IN)
        return response

    def _set_cookie(self, response: Response, name: str, value: str, seconds: float, path: str) -> None:
        response.set_cookie(
            name,
            value,
            max_age=int(seconds),
            path=path,
            secure=self._guard.secure_cookies,
            httponly=True,
            samesite="lax",
        )

    async def _page(self, next_path: str, name: str = "", error: str = "", status: int = 200) -> HTMLResponse:
        no_accounts = not await self._service.store.read(accounts.any_account_exists)
        return self._render("sign-in.html", status, next=next_path, name=name, error=error, no_accounts=no_accounts)

    def _code_page(self, next_path: str, error: str = "", status: int = 200) -> HTMLResponse:
        return self._render("sign-in-code.html", status, next=next_path, error=error)

    def _render(self, template: str, status: int, **values: Any) -> HTMLResponse:
        shared = {"session": None, "member": None, "path": SIGN_IN, "methods": self._methods}
        return HTMLResponse(self._templates.render(template, **shared, **values), status)


def _safe(next_path: str) -> str:
    """Return the path to go to after signing in, or the home page if it is not a page of the console."""
    inside = next_path.startswith("/staff/") and "\\" not in next_path and not any(c < " " for c in next_path)
    return next_path if inside else HOME
