"""The staff console: every page and action with its address and the least role that may use it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from channels.http import RateLimits
from channels.web.opening_hours import SiteOfficeHours
from channels.web.site_registry import SiteRegistry
from console.identity import account
from console.identity.invitations import Invitations
from console.identity.login_attempts import LoginAttempts
from console.identity.oidc import OidcConfig, OidcProvider
from console.identity.reauthentication import Reauthentication
from console.identity.sign_in import BACK, SignInMethods, SignInPages
from console.identity.staff import StaffPages
from console.views.admin import canned_replies, data_requests
from console.views.admin.sites import SitePages
from console.views.admin.timeouts import TimeoutsPage, timeouts_from
from console.views.analytics import AnalyticsPages
from console.views.home import HomePage
from console.views.inbox import contacts, conversation, export
from console.views.inbox.conversation_list import ConversationListPage
from console.views.inbox.handoff import HandoffPages
from console.views.learning import playground
from console.views.learning.corrections import CorrectionPages
from console.views.learning.knowledge import KnowledgePages
from console.views.learning.unanswered import UnansweredPages
from console.web.live import live
from console.web.navigation import MEASURE, REVIEW, Menu, MenuItem
from console.web.request import PageError
from console.web.routing import RouteGuard, StaffRoute
from console.web.templates import Templates
from console.web.topic_titles import TopicTitles
from conversations.accounts.accounts import ADMIN, ADVISER, TRAINER, VIEWER
from conversations.pipeline.service import ConversationService
from core.secrets import session_key
from core.settings import Settings

ONE = "/staff/conversations/{conversation}"
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}  # the address changes with the file


class Console:
    """`sites` are those that the widgets go by, `office` goes by their hours.

    `demo` says that the database holds made-up data; every page then says so.
    """

    def __init__(
        self,
        service: ConversationService,
        settings: Settings,
        rates: RateLimits,
        sites: SiteRegistry,
        office: SiteOfficeHours,
        demo: bool = False,
    ):
        titles = TopicTitles(settings.knowledge_db)
        self._frame = Templates(settings.web_dir, titles, demo)
        key = session_key(settings)
        tries = LoginAttempts(key)
        again = Reauthentication(service, tries)
        doors = RouteGuard(service, self._frame, settings.public_url, again, settings.second_factor == "required")
        ways = _ways(settings)
        invitations = Invitations(key, settings.public_url or settings.front_url)
        entrance, listing = (
            SignInPages(service, self._frame, doors, rates, ways, tries, invitations),
            ConversationListPage(titles.all),
        )
        hand_over = HandoffPages(settings.knowledge_db)
        shelf = KnowledgePages(settings.knowledge_db, service.store, settings.review_months)
        self.routes = [
            *entrance.routes(),
            StaffRoute("/staff/static/{file}", self._file, role=None),
            *HomePage(shelf).routes(),
            StaffRoute("/staff/conversations", listing.show, VIEWER, menu=MenuItem(REVIEW, "Conversations")),
            StaffRoute("/staff/live", live, VIEWER),
            StaffRoute(ONE, partial(conversation.show, hand_over), VIEWER),
            StaffRoute(f"{ONE}/print", conversation.print_view, VIEWER),
            StaffRoute(f"{ONE}/reveal", conversation.reveal, ADVISER, "POST"),
            StaffRoute(f"{ONE}/notes", conversation.add_note, ADVISER, "POST"),
            StaffRoute(f"{ONE}/notes/remove", conversation.remove_note, ADVISER, "POST"),
            StaffRoute(f"{ONE}/tags", conversation.add_tag, ADVISER, "POST"),
            StaffRoute(f"{ONE}/tags/remove", conversation.remove_tag, ADVISER, "POST"),
            StaffRoute(f"{ONE}/flag", conversation.set_flag, ADVISER, "POST"),
            StaffRoute(f"{ONE}/reviewed", conversation.set_reviewed, ADVISER, "POST"),
            StaffRoute(f"{ONE}/forget", conversation.forget, ADMIN, "POST"),
            *AnalyticsPages(titles.all, settings.var_dir / "releases").routes(),
            StaffRoute("/staff/export", export.choose, TRAINER, menu=MenuItem(MEASURE, "Export")),
            StaffRoute("/staff/export/file", export.file, TRAINER, "POST", again=export.is_uncovered),
            *hand_over.routes(),
            *contacts.routes(),
            *UnansweredPages(titles.all).routes(),
            *shelf.routes(),
            *playground.routes(),
            *CorrectionPages(titles.all, settings.root).routes(),
            *SitePages(sites, settings.public_url or settings.front_url).routes(),
            *canned_replies.routes(),
            *StaffPages(invitations if ways.provider else None).routes(),
            *TimeoutsPage(timeouts_from(settings), sites, office).routes(),
            *data_requests.routes(),
            *account.routes(again),
        ]
        self._frame.set_menu(Menu(self.routes))
        self.routes: list[Route] = [doors.route(door) for door in self.routes]

    async def _file(self, request: Request, form: Mapping[str, str]) -> Response:
        file = self._frame.files.get(request.path_params["file"])
        if file is None or not file.exists():
            raise PageError("There is no such file. If pages look bare, run `make setup` on the server.", 404)
        return FileResponse(file, headers=KEPT)


def _ways(settings: Settings) -> SignInMethods:
    """How staff may sign in, by the settings."""
    if not settings.oidc_issuer:
        return SignInMethods()
    config = OidcConfig(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_name_claim
    )
    provider = OidcProvider(config, settings.public_url.rstrip("/") + BACK)
    return SignInMethods(provider, settings.oidc_title, by_password=settings.password_sign_in == "on")
