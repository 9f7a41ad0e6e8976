"""Who may call for a widget: pages of a site's origins (CORS), at a limited rate, and visitors with a valid session.

Every call is a POST, because browsers always send Origin with one, even to the same address. A call or a preflight without
an allowed origin is refused.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import wraps

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.http import RateLimits, Refused, address_of, refused
from channels.web import NAME
from channels.web.session_tokens import IdentityRefused, Session, SessionExpired, SessionTokens
from channels.web.sites import SELF, Site
from conversations.data_rights import consent
from conversations.data_rights.visitor_identities import VisitorIdentity
from conversations.db.store import Store
from conversations.models import Conversation, Inbound
from conversations.pipeline import inbox

Handler = Callable[[Request, Site], Awaitable[Response]]
PREFLIGHT_SECONDS = "7200"  # as long as browsers keep it
# Calls whose refusals any page may read: they hold nothing of a visitor, and the widget shows the owner of a page the reason.
READABLE = frozenset({"settings"})
ANY_PAGE = {"Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True)
class WebRules:
    """Rates a minute, 0 for any number: messages of a conversation and of a network address, new sessions of an address.

    `has_guide_pages` says that the front shows the guide, so that sources can lead there.
    """

    per_conversation: int = 20
    per_address: int = 120
    sessions_per_address: int = 60
    has_guide_pages: bool = False


class SiteGuard:
    """Admits calls from pages of a site.

    `own` are the front's own origins, which `self` in a site's list stands for; `per_address` is how many calls a minute an
    address may make, 0 for any number.
    """

    def __init__(self, sites: Mapping[str, Site], own: tuple[str, ...], rates: RateLimits, per_address: int) -> None:
        self._sites, self._own, self._rates, self._per_address = sites, own, rates, per_address

    def routes(self, path: str, handler: Handler) -> list[Route]:
        """Return the POST route of a call under a site's path, and its preflight."""
        place = f"/web/{{site}}/{path}"

        @wraps(handler)
        async def called(request: Request) -> Response:
            allow = ANY_PAGE if path in READABLE else {}
            try:
                site = self._site(request)
                allow = self._allowed(request, site)
                await self._rates.require(self._per_address, NAME, "address", address_of(request))
                answer = await handler(request, site)
            except Refused as error:
                answer = await refused(request, error)
            answer.headers.update(allow)
            answer.headers["Cache-Control"] = "no-store"
            return answer

        return [
            Route(place, called, methods=["POST"]),
            Route(place, self._preflight, methods=["OPTIONS"], include_in_schema=False),
        ]

    async def _preflight(self, request: Request) -> Response:
        allow = self._allowed(request, self._site(request))
        more = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "authorization, content-type",
            "Access-Control-Max-Age": PREFLIGHT_SECONDS,
        }
        return Response(status_code=204, headers={**allow, **more})

    def _site(self, request: Request) -> Site:
        site = self._sites.get(request.path_params["site"])
        if site is None:
            raise Refused("there is no such site; data-site must name one", 404)
        return site

    def _allowed(self, request: Request, site: Site) -> dict[str, str]:
        origin = request.headers.get("origin", "")
        allowed = {*site.origins, *(self._own if SELF in site.origins else ())} - {SELF}
        if origin not in allowed:
            raise Refused(f"pages of {origin or 'no origin'} may not use the site '{site.name}'", 403)
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": "Retry-After",
            "Vary": "Origin",
        }


@dataclass(frozen=True)
class Visitor:
    """The caller: the session, its conversation, and whether the visitor has agreed to the present notice."""

    session: Session
    conversation: Conversation
    agreed: bool


class VisitorGuard:
    """Admits visitors by the session token in the Authorization header."""

    def __init__(self, store: Store, tokens: SessionTokens) -> None:
        self._store, self.tokens = store, tokens

    def identity(self, token: str, site: Site) -> VisitorIdentity:
        """Return who is signed in to a page, by a token of the page's server; Refused if it does not prove that."""
        try:
            return self.tokens.identity(token, site.name)
        except IdentityRefused as error:
            raise Refused(str(error)) from None

    async def begin(self, inbound: Inbound, version: str) -> None:
        """Begin the conversation of a new session, with the version of the notice that was agreed to, if one was."""
        await self._store.write(_begin, inbound, version)

    async def begin_anew(self, old: Conversation, inbound: Inbound, version: str) -> None:
        """Begin the conversation of a new session in place of an old one, which is shown no more."""
        await self._store.write(_begin_anew, old, inbound, version)

    async def require_session(self, request: Request, site: Site) -> Visitor:
        """Return the caller. Refused with 401 without a valid session, with 410 if the conversation was deleted."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        try:
            session = self.tokens.read(token if kind == "Bearer" else "", site.name)
        except SessionExpired as error:
            raise _unauthorized(str(error)) from None
        conversation, agreed = await self._store.read(_conversation_of, session.address, site.consent_version)
        if conversation is None:
            raise gone()
        if conversation.address != session.address:
            raise _unauthorized("this session is over: a new conversation was begun")
        return Visitor(session, conversation, agreed)

    async def require_consent(self, request: Request, site: Site) -> Visitor:
        """Return the caller; refused with 403, too, unless they have agreed to the site's present notice."""
        visitor = await self.require_session(request, site)
        if not visitor.agreed:
            raise Refused("agree to the notice first", 403)
        return visitor


def gone() -> Refused:
    """Return the refusal of calls about a deleted conversation."""
    return Refused("this conversation was deleted", 410)


def _unauthorized(reason: str) -> Refused:
    return Refused(reason, 401, {"WWW-Authenticate": "Bearer"})


def _conversation_of(connection: Connection, address: str, version: str) -> tuple[Conversation | None, bool]:
    """Return the conversation at an address, even if its visitor has left it, and whether `version` was agreed to."""
    conversation = inbox.conversation_at(connection, NAME, address)
    if conversation is None:
        conversation = inbox.conversation_at(connection, NAME, inbox.LEFT + address)
    return conversation, conversation is not None and consent.has_consented(connection, conversation.id, version)


def _begin(connection: Connection, inbound: Inbound, version: str) -> None:
    conversation = inbox.open_conversation(connection, inbound)
    if version:
        consent.record_consent(connection, conversation.id, version)


def _begin_anew(connection: Connection, old: Conversation, inbound: Inbound, version: str) -> None:
    _begin(connection, inbound, version)
    inbox.retire_address(connection, old)
