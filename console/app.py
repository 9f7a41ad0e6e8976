"""The staff console: every page and action with its address and the least role that may use it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from bot.settings import Settings
from channels.http import Rates
from channels.web.book import SiteBook
from channels.web.office import SiteOffice
from channels.web.sessions import session_key
from console import account, contacts, exporting, people_page, phrases, reading, trying
from console.again import Again
from console.doors import Door, Doors
from console.frame import Frame
from console.handover import HandOver
from console.home import Home
from console.insights import Insights
from console.invitations import Invitations
from console.limits_page import LimitsPage, limits_of
from console.listing import Listing
from console.live import live
from console.members import Members
from console.menu import MEASURE, REVIEW, Menu, Place
from console.provider import Provider, ProviderConfig
from console.questions import Questions
from console.shelf import Shelf
from console.sign_in import BACK, SignIn, Ways
from console.site_pages import SitePages
from console.teaching import Teaching
from console.topics import TopicTitles
from console.tries import Tries
from console.visit import PageError
from conversations.desk import Desk
from conversations.staff import ADMIN, ADVISER, TRAINER, VIEWER

ONE = "/staff/conversations/{conversation}"
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}  # the address changes with the file


class Console:
    """`sites` are those that the widgets go by, `office` goes by their hours.

    `demo` says that the database holds made-up data; every page then says so.
    """

    def __init__(
        self, desk: Desk, settings: Settings, rates: Rates, sites: SiteBook, office: SiteOffice, demo: bool = False
    ):
        titles = TopicTitles(settings.knowledge_db)
        self._frame = Frame(settings.web_dir, titles, demo)
        key = session_key(settings.web_session_key, settings.var_dir / "session.key")
        tries = Tries(key)
        again = Again(desk, tries)
        doors = Doors(desk, self._frame, settings.public_url, again, settings.second_factor == "required")
        ways = _ways(settings)
        invitations = Invitations(key, settings.public_url or settings.front_url)
        entrance, listing = SignIn(desk, self._frame, doors, rates, ways, tries, invitations), Listing(titles.all)
        hand_over = HandOver(settings.knowledge_db)
        shelf = Shelf(settings.knowledge_db, desk.store, settings.review_months)
        self.doors = [
            *entrance.doors(),
            Door("/staff/static/{file}", self._file, role=None),
            *Home(shelf).doors(),
            Door("/staff/conversations", listing.show, VIEWER, menu=Place(REVIEW, "Conversations")),
            Door("/staff/live", live, VIEWER),
            Door(ONE, partial(reading.show, hand_over), VIEWER),
            Door(f"{ONE}/print", reading.print_view, VIEWER),
            Door(f"{ONE}/reveal", reading.reveal, ADVISER, "POST"),
            Door(f"{ONE}/notes", reading.add_note, ADVISER, "POST"),
            Door(f"{ONE}/notes/remove", reading.remove_note, ADVISER, "POST"),
            Door(f"{ONE}/tags", reading.add_tag, ADVISER, "POST"),
            Door(f"{ONE}/tags/remove", reading.remove_tag, ADVISER, "POST"),
            Door(f"{ONE}/flag", reading.set_flag, ADVISER, "POST"),
            Door(f"{ONE}/reviewed", reading.set_reviewed, ADVISER, "POST"),
            Door(f"{ONE}/forget", reading.forget, ADMIN, "POST"),
            *Insights(titles.all, settings.var_dir / "releases").doors(),
            Door("/staff/export", exporting.choose, TRAINER, menu=Place(MEASURE, "Export")),
            Door("/staff/export/file", exporting.file, TRAINER, "POST", again=exporting.is_uncovered),
            *hand_over.doors(),
            *contacts.doors(),
            *Questions(titles.all).doors(),
            *shelf.doors(),
            *trying.doors(),
            *Teaching(titles.all, settings.root).doors(),
            *SitePages(sites, settings.public_url or settings.front_url).doors(),
            *phrases.doors(),
            *Members(invitations if ways.provider else None).doors(),
            *LimitsPage(limits_of(settings), sites, office).doors(),
            *people_page.doors(),
            *account.doors(again),
        ]
        self._frame.set_menu(Menu(self.doors))
        self.routes: list[Route] = [doors.route(door) for door in self.doors]

    async def _file(self, request: Request, form: Mapping[str, str]) -> Response:
        file = self._frame.files.get(request.path_params["file"])
        if file is None or not file.exists():
            raise PageError("There is no such file. If pages look bare, run `make setup` on the server.", 404)
        return FileResponse(file, headers=KEPT)


def _ways(settings: Settings) -> Ways:
    """How staff may sign in, by the settings."""
    if not settings.oidc_issuer:
        return Ways()
    config = ProviderConfig(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_name_claim
    )
    provider = Provider(config, settings.public_url.rstrip("/") + BACK)
    return Ways(provider, settings.oidc_title, by_password=settings.password_sign_in == "on")
