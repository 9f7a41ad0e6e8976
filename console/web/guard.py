"""The guard of every console route: session, role, CSRF token, second factor and reauthentication."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Protocol
from urllib.parse import parse_qsl, quote, urlsplit

from markupsafe import escape
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels.http import MOST_BYTES, Refused, body_of
from console.translations import languages
from console.web.display_names import ROLE_TITLES
from console.web.request import OF_PACK, Page, PageError, StaffRequest, UploadedFile
from console.web.routing import MAX_FIELDS, TOTP_SETUP, StaffRoute
from console.web.templates import Templates
from conversations.accounts import sessions
from conversations.accounts.sessions import Session
from conversations.errors import AdminError, EditError, StaffError
from conversations.handoff.states import HandoffRefused
from conversations.learning.corrections import CorrectionError
from conversations.learning.regression_conversations import RegressionConversationError
from conversations.local_days import use_own_zone
from conversations.pipeline.service import ConversationService
from conversations.review.annotation import AnnotationError
from core.translations import ENGLISH
from core.translations import gettext as _

COOKIE = "advisor_staff"
PACK_COOKIE = "advisor_guide"  # the guide pack that this browser has chosen
PASSWORD_FIELD = (
    "password_again"  # in the form that asks for the password again; no other form has a field of this name
)
SAFE_METHODS = ("GET", "HEAD")
UPLOAD_SECONDS = 120.0  # that a file may take to arrive
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}
STATUS_OF_ERROR: dict[type[Exception], int] = {  # errors whose messages are written for staff
    StaffError: 400,
    AdminError: 400,
    AnnotationError: 400,
    CorrectionError: 400,
    EditError: 400,
    RegressionConversationError: 400,
    HandoffRefused: 409,
}


class PasswordConfirmation(Protocol):
    """What the guard needs to ask a signed-in member for the password again."""

    def is_fresh(self, session: Session) -> bool:
        """Return True if the password was given so recently that it need not be asked for."""

    async def check(self, session: Session, password: str) -> None:
        """Raise StaffError unless the password is the member's own."""


class RouteGuard:
    """Wraps handlers so that no route can be reached without the checks that it declares.

    If `totp_required`, members who sign in with a password must set up a second factor before they see any page.
    Members are answered in the language of their account or else in `language`, by their own clock or else the office's; nobody
    signed in, in the browser's.
    """

    def __init__(
        self,
        service: ConversationService,
        templates: Templates,
        public_url: str,
        confirmation: PasswordConfirmation,
        totp_required: bool = False,
        language: str = ENGLISH,
        packs: Mapping[str, str] | None = None,
    ) -> None:
        self._service, self._templates, self._origin = service, templates, _origin_of(public_url)
        self._confirmation, self._totp_required, self._language = confirmation, totp_required, language
        self._packs = packs or {"": ""}
        self.secure_cookies = public_url.startswith("https:")

    def route(self, route: StaffRoute) -> Route:
        """Return the Starlette route that checks a request before the handler sees it."""

        async def endpoint(request: Request) -> Response:
            use_own_zone("")
            languages.use(languages.accepted(request.headers.get("accept-language", ""), self._language))
            try:
                response = await self._handle(route, request)
                if isinstance(response, Page):
                    await response.draw(request)
            except PageError as error:
                response = await self._error_response(request, str(error), error.status)
            except Refused as error:
                response = await self._error_response(request, str(error).capitalize() + ".", error.status)
            except tuple(STATUS_OF_ERROR) as error:
                status = next(code for kind, code in STATUS_OF_ERROR.items() if isinstance(error, kind))
                response = await self._error_response(request, str(error), status)
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return Route(route.path, endpoint, methods=[route.method], include_in_schema=False)

    async def session(self, request: Request) -> Session | None:
        """Return the open session of the request's cookie, or None; record from time to time that it is used."""
        token = request.cookies.get(COOKIE)
        if not token:
            return None
        session = await self._service.store.read(sessions.find_session, token)
        if session:
            languages.use(session.member.language or self._language)
            use_own_zone(session.member.time_zone)
        if session and sessions.is_stale(session):
            await self._service.store.write(sessions.record_use, session)
        return session

    async def _handle(self, route: StaffRoute, request: Request) -> Response:
        is_safe = request.method in SAFE_METHODS
        form: dict[str, str] = {}
        files: dict[str, UploadedFile] = {}
        if route.upload_bytes:
            self._require_same_origin(request)
            uploader = await self.session(request)  # before anybody's large file is read
            if uploader is None:
                return _redirect_to_sign_in(request)
            _require_role(uploader, route)
            form, files = await read_upload(request, route.upload_bytes, route.upload_files)
        elif not is_safe:
            form = await read_form(request, route.form_bytes, route.form_fields)
            self._require_same_origin(request)
        if route.role is None:
            return await route.handler(request, form)
        session = await self.session(request)
        if session is None:
            return _redirect_to_sign_in(request)
        chosen = request.cookies.get(PACK_COOKIE, "")
        if not is_safe:
            told = _require_csrf_token(request, session, form)
            chosen = chosen if told is None else told
        if self._totp_required and not (session.member.has_totp or session.via_oidc or route.before_totp):
            return _redirect_to_totp_setup(request)
        _require_role(session, route)
        position, page_session = self._service.events.position, sessions.with_masked_token(session)
        staff_request = StaffRequest(request, page_session, self._service, self._templates, form, files, position)
        staff_request = replace(staff_request, packs=self._packs).of_pack(chosen if chosen in self._packs else "")
        return await self._confirm_password(route, staff_request) or await route.handler(staff_request)

    async def _confirm_password(self, route: StaffRoute, request: StaffRequest) -> Response | None:
        """Return the page that asks for the password and then submits the form again, or None if it is not needed."""
        form, session = request.form, request.session
        if not route.reauthenticate(form) or self._confirmation.is_fresh(session):
            return None
        error = ""
        if PASSWORD_FIELD in form:
            try:
                await self._confirmation.check(session, form[PASSWORD_FIELD])
                return None
            except StaffError as refusal:
                error = str(refusal)
        fields = {name: value for name, value in form.items() if name not in (PASSWORD_FIELD, "csrf")}
        path = request.http.url.path
        return request.page(
            "reauthentication.html", 401, to=path, fields=fields, error=error, password_field=PASSWORD_FIELD
        )

    def _require_same_origin(self, request: Request) -> None:
        origin = request.headers.get("origin", "")
        if not origin or urlsplit(origin).netloc != request.url.netloc and origin != self._origin:
            raise PageError(
                _("This did not come from a page of the console. Go back, load the page again, then try."), 403
            )

    async def _error_response(self, request: Request, message: str, status: int) -> Response:
        if request.headers.get("hx-request") == "true":
            # Shown in the page's status line, so that the fragment that htmx would replace stays.
            return HTMLResponse(escape(message), status, {"HX-Retarget": "#told", "HX-Reswap": "innerHTML"})
        session = await self.session(request)
        member = session.member if session else None
        html = self._templates.render(
            "error.html",
            session=session and sessions.with_masked_token(session),
            member=member,
            path=request.url.path,
            message=message,
            status=status,
        )
        return HTMLResponse(html, status)


async def read_upload(
    request: Request, most: int, most_files: int = 1
) -> tuple[dict[str, str], dict[str, UploadedFile]]:
    """Return the fields and the files of a form with files; an empty file field is left out, further files are numbered.

    Raises PageError if it is no such form, Refused if it is larger than `most` bytes or does not arrive in time.
    """
    body = await body_of(request, most, UPLOAD_SECONDS)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parsed = await MultiPartParser(
            request.headers, stream(), max_files=most_files, max_fields=MAX_FIELDS, max_part_size=most
        ).parse()
    except (MultiPartException, KeyError, ValueError):
        raise PageError(_("The file did not arrive whole. Go back and choose it again.")) from None
    fields: dict[str, str] = {}
    files: dict[str, UploadedFile] = {}
    for name, value in parsed.multi_items():
        if isinstance(value, str):
            fields[name] = value.replace("\x00", "")
        elif value.filename:
            number = f"-{len(files) + 1}" if name in files else ""
            files[name + number] = UploadedFile(value.filename, await value.read())
    await parsed.close()
    return fields, files


async def read_form(request: Request, most: int = MOST_BYTES, most_fields: int = MAX_FIELDS) -> dict[str, str]:
    """Return the fields of a submitted form; of a field that is repeated, the last value.

    Raises PageError if it has more than `most_fields` fields, Refused if it is larger than `most` bytes.
    """
    body = (await body_of(request, most)).decode("utf-8", "replace")
    try:
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=most_fields)
    except ValueError:
        raise PageError(_("This form has too many fields.")) from None
    return {name: value.replace("\x00", "") for name, value in fields}


def _require_role(session: Session, route: StaffRoute) -> None:
    if route.role is not None and not session.member.may(route.role):
        raise PageError(
            _("This needs the role %(role)s; yours is %(role_2)s. Ask an admin.")
            % {"role": ROLE_TITLES[route.role], "role_2": ROLE_TITLES[session.member.role]},
            403,
        )


def _require_csrf_token(request: Request, session: Session, form: Mapping[str, str]) -> str | None:
    """Return the guide pack that stands beside the token, or None; raises PageError for another session's token."""
    token, is_told, pack = (request.headers.get("x-csrf-token") or form.get("csrf", "")).partition(OF_PACK)
    if not sessions.constant_time_equal(sessions.unmasked(token), session.csrf):
        raise PageError(_("This page is from an earlier sign-in. Go back, load it again, then try."), 403)
    return pack if is_told else None


def _redirect_to_totp_setup(request: Request) -> Response:
    if request.headers.get("hx-request") == "true":
        return Response(status_code=403, headers={"HX-Redirect": TOTP_SETUP})
    return RedirectResponse(TOTP_SETUP, 303)


def _redirect_to_sign_in(request: Request) -> Response:
    current = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": "/staff/sign-in"})
    if request.method not in SAFE_METHODS:
        return RedirectResponse("/staff/sign-in", 303)
    return RedirectResponse(f"/staff/sign-in?next={quote(current)}", 303)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
