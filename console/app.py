"""The staff console: its routes, put together from the views and the pages of sign-in and accounts."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response

from channels.http import RateLimits, compressed
from channels.web.opening_hours import SiteOfficeHours
from channels.web.site_registry import SiteRegistry
from console.data_api import DataApi
from console.identity import account, colleagues
from console.identity.invitations import Invitations
from console.identity.login_attempts import LoginAttempts
from console.identity.push import PushPages
from console.identity.reauthentication import Reauthentication
from console.identity.sign_in import OIDC_CALLBACK, SignInMethods, SignInPages
from console.identity.staff import StaffPages
from console.views import analytics, home
from console.views.admin import api_tokens, canned_replies, data_requests, language_model, sites, timeouts, webhooks
from console.views.editing import catalogue_rows, drafts, guide_copies, guide_imports, publications
from console.views.guide_pack import by_pack, choosing, pack_titles
from console.views.inbox import (
    contacts,
    conversation,
    conversation_list,
    export,
    handoff,
    notifications,
    saved_views,
    together,
)
from console.views.learning import (
    corrections,
    decisions,
    knowledge,
    playground,
    program_form,
    program_history,
    programs,
    programs_upload,
    unanswered,
    wrong_answers,
)
from console.web.context import ConsoleContext
from console.web.guard import RouteGuard
from console.web.live import live
from console.web.navigation import Menu
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from console.web.templates import Templates
from console.web.topic_titles import AllTitles, CatalogueNames, TopicTitles
from conversations.accounts.accounts import VIEWER
from conversations.pipeline.service import ConversationService
from core.pack_registry import Pack, packs_of
from core.secrets import session_key
from core.settings import Settings
from core.translations import gettext as _

VIEWS = (  # modules whose `routes` returns a page's routes; the menu has the pages of a group in this order
    home,
    handoff,
    contacts,
    conversation_list,
    conversation,
    saved_views,
    together,
    notifications,
    unanswered,
    corrections,
    wrong_answers,
    decisions,
    knowledge,
    catalogue_rows,
    drafts,
    publications,
    guide_copies,
    guide_imports,
    programs,
    program_form,
    program_history,
    programs_upload,
    playground,
    analytics,
    export,
    sites,
    canned_replies,
)
# Those about a guide: with several guide packs, each of these pages is about one of them.
OF_GUIDE = (
    *(home, unanswered, corrections, wrong_answers, decisions, knowledge, catalogue_rows, drafts, publications),
    *(guide_copies, guide_imports, programs, program_form, program_history, programs_upload, playground),
    analytics,
)
# Below the page of staff accounts in the menu.
VIEWS_AFTER_STAFF = (timeouts, language_model, webhooks, api_tokens, data_requests)
CACHED = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Vary": "Accept-Encoding",
}  # a static file's address changes with its contents


Contexts = Mapping[str, ConsoleContext]  # by guide pack, the first's under ""


class Console:
    """Builds the routes of the console.

    `sites` are those of the web channel, `office` tells if staff are there. With `demo`, every page says that the
    database holds made-up data.
    """

    def __init__(
        self,
        service: ConversationService,
        settings: Settings,
        rates: RateLimits,
        sites: SiteRegistry,
        office: SiteOfficeHours,
        demo: bool = False,
    ) -> None:
        contexts = _contexts(service, packs_of(settings), sites, office)
        context = contexts[""]
        titles, things = context.titles, context.things
        if len(contexts) > 1:
            titles = AllTitles([each.titles for each in contexts.values()])
            context = replace(context, titles=titles)
        self._templates = Templates(settings.web_dir, titles, things.name, demo, sends_mail=bool(settings.staff_from))
        key = session_key(settings)
        attempts, methods = LoginAttempts(key, rates), _sign_in_methods(settings)
        reauthentication = Reauthentication(service, attempts)
        invitations = Invitations(key, context.public_url)
        totp_required = settings.second_factor == "required"
        language = settings.console_language
        guard = RouteGuard(
            service, self._templates, settings.public_url, reauthentication, totp_required, language, context.packs
        )
        sign_in = SignInPages(service, self._templates, guard, rates, methods, attempts, invitations)
        routes = [
            *sign_in.routes(),
            StaffRoute("/staff/static/{file}", self._static_file, role=None),
            StaffRoute("/staff/live", live, VIEWER),
            *(route for view in VIEWS for route in _routes(view, context, contexts)),
            *([choosing(self._menu_paths, guard.secure_cookies)] if len(contexts) > 1 else []),
            *StaffPages(invitations if methods.provider else None).routes(),
            *(route for view in VIEWS_AFTER_STAFF for route in view.routes(context)),
            *account.routes(reauthentication, bool(settings.staff_from), guard.secure_cookies),
            *colleagues.routes(),
            *PushPages(self._templates, key).routes(),
            StaffRoute("/staff/{unknown:page}", _no_such_page),
        ]
        self._templates.set_menu(Menu(routes))
        self.staff_routes = routes
        self.routes = [*(guard.route(route) for route in routes), *DataApi(service, rates, titles, things).routes]

    def _menu_paths(self) -> set[str]:
        return {route.path for route in self.staff_routes if route.menu}

    async def _static_file(self, request: Request, form: Mapping[str, str]) -> Response:
        file = self._templates.files.get(request.path_params["file"])
        if file is None or not file.exists():
            raise PageError(_("There is no such file. If pages look bare, run `make setup` on the server."), 404)
        kind = mimetypes.guess_type(file.name)[0]
        return compressed(request, Response(file.read_bytes(), media_type=kind, headers=CACHED))


def _contexts(
    service: ConversationService, packs: Mapping[str, Pack], sites: SiteRegistry, office: SiteOfficeHours
) -> Contexts:
    knowledge = {name: pack.settings.knowledge_db for name, pack in packs.items()}
    shared = (sites, office, knowledge, pack_titles(packs) if len(packs) > 1 else {"": ""})
    return {
        name: ConsoleContext(service, packs[name].settings, TopicTitles(path), CatalogueNames(path), *shared)
        for name, path in knowledge.items()
    }


def _routes(view: ModuleType, context: ConsoleContext, contexts: Contexts) -> list[StaffRoute]:
    """Return the routes of a view; those of one about a guide answer with the pack that a request is about."""
    if view in OF_GUIDE:
        return by_pack({name: view.routes(each) for name, each in contexts.items()})
    routes: list[StaffRoute] = view.routes(context)
    return routes


class _PageConvertor(StringConvertor):
    """A path that ends in no slash: the front leads from one that does to the same without it."""

    regex = ".*[^/]"


register_url_convertor("page", _PageConvertor())


async def _no_such_page(request: StaffRequest) -> Response:
    """Refuse an address below /staff that nothing is at."""
    raise PageError(_("There is no such page. Choose one from the menu."), 404)


def _sign_in_methods(settings: Settings) -> SignInMethods:
    if not settings.oidc_issuer:
        return SignInMethods()
    from console.identity.oidc import OidcConfig, OidcProvider  # 9 MB, for those alone who have a provider

    config = OidcConfig(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_name_claim
    )
    provider = OidcProvider(config, settings.public_url.rstrip("/") + OIDC_CALLBACK)
    return SignInMethods(provider, settings.oidc_title, by_password=settings.password_sign_in == "on")
