"""Sites: where the widget may stand, what it says there, when staff are there. A change is used at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from channels.web.opening_hours import DAYS
from channels.web.site_registry import SiteRegistry
from channels.web.sites import Site, SitesError, description_of
from console.web.navigation import MANAGE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADMIN
from conversations.admin import sites

PATH = "/staff/sites"
WORDS_FIRST = ("name", "team", "greeting", "welcome")  # of the widget's words, those that every site has its own of
NO_SITE = Site(name="", origins=(), languages=("en",), consent_version="1")


class SitePages:
    """`own_address` is where people reach the front, for the line that a page carries."""

    def __init__(self, book: SiteRegistry, own_address: str):
        self._book, self._own = book, own_address

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(PATH, self.list, ADMIN, menu=MenuItem(MANAGE, "Sites")),
            StaffRoute(f"{PATH}/new", self.new, ADMIN),
            StaffRoute(f"{PATH}/new", self.add, ADMIN, "POST"),
            StaffRoute(f"{PATH}/{{site}}", self.edit, ADMIN),
            StaffRoute(f"{PATH}/{{site}}", self.save, ADMIN, "POST"),
            StaffRoute(f"{PATH}/{{site}}/remove", self.remove, ADMIN, "POST"),
        ]

    async def list(self, request: StaffRequest) -> Response:
        return request.page("sites.html", sites=sorted(self._book.values(), key=lambda one: one.name), book=self._book)

    async def new(self, request: StaffRequest) -> Response:
        return self._form(request, NO_SITE, description_of(NO_SITE))

    async def add(self, request: StaffRequest) -> Response:
        name = request.form.get("name", "").strip().lower()
        description = _description(request.form)
        if name in self._book:
            return self._form(request, NO_SITE, description, f"There is a site {name} already.", name)
        return await self._keep(request, NO_SITE, name, description)

    async def edit(self, request: StaffRequest) -> Response:
        site = self._site(request)
        return self._form(request, site, description_of(site))

    async def save(self, request: StaffRequest) -> Response:
        site = self._site(request)
        return await self._keep(request, site, site.name, _description(request.form))

    async def remove(self, request: StaffRequest) -> Response:
        """What the console says of a site goes; one that stands in the file is as it stands there."""
        site = self._site(request)
        if not self._book.is_described(site.name):
            raise PageError("This site stands in the sites file; take it out there.")
        await request.service.store.write(sites.delete_site, site.name, request.member.name)
        await self._use(request)
        return request.go_to(PATH)

    async def _keep(self, request: StaffRequest, site: Site, name: str, description: Mapping[str, Any]) -> Response:
        usable = _usable(description)
        try:
            self._book.check(name, usable)
        except SitesError as error:
            return self._form(request, site, description, _sentence(str(error)), name)
        await request.service.store.write(sites.save_site, name, usable, request.member.name)
        await self._use(request)
        return request.go_to(f"{PATH}/{name}?saved=yes")

    async def _use(self, request: StaffRequest) -> None:
        self._book.use(await request.service.store.read(sites.list_sites))

    def _site(self, request: StaffRequest) -> Site:
        site = self._book.get(request.part("site"))
        if site is None:
            raise PageError("There is no such site.", 404)
        return site

    def _form(
        self, request: StaffRequest, site: Site, description: Mapping[str, Any], trouble: str = "", name: str = ""
    ) -> Response:
        strings = self._book.strings
        return request.page(
            "site.html",
            400 if trouble else 200,
            site=site,
            given=description,
            name=name or site.name,
            trouble=trouble,
            saved=request.asked.get("saved") == "yes",
            book=self._book,
            languages=sorted({*description["languages"], *description.get("texts", {})}) or ["en"],
            days=DAYS,
            own=self._own,
            words_first=WORDS_FIRST,
            words_of=lambda language: strings.table(language, {}),
            keys=strings.keys,
        )


def _description(form: Mapping[str, str]) -> dict[str, Any]:
    """A site's fields from a form, with all words that were typed, in whatever language.

    Wrong ones are let through: whoever checks the description says what is wrong.
    """
    languages = _several(form.get("languages", ""))
    found: dict[str, Any] = {
        "origins": _several(form.get("origins", "")),
        "languages": languages,
        "colours": {"accent": form.get("accent", "").strip() or Site.accent},
        "position": form.get("position", Site.position),
        "greet_after_seconds": form.get("greet_after", "").strip() or "0",
        "consent": {"version": form.get("consent_version", "").strip()},
        "texts": _texts(form),
        "starters": _starters(form),
    }
    if privacy := form.get("privacy_url", "").strip():
        found["consent"]["privacy_url"] = privacy
    if hours := _hours(form):
        found["hours"] = hours
    return found


def _usable(description: Mapping[str, Any]) -> dict[str, Any]:
    """Without the words of languages that the site has no more."""
    languages = description["languages"]
    kept_words = {
        kind: {language: words for language, words in description[kind].items() if language in languages}
        for kind in ("texts", "starters")
    }
    return {**description, **kept_words}


def _texts(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        kind, _, rest = name.partition(".")
        language, _, key = rest.partition(".")
        if kind == "text" and key and value.strip():
            found.setdefault(language, {})[key] = " ".join(value.split())
    return found


def _starters(form: Mapping[str, str]) -> dict[str, list[str]]:
    given = {name.partition(".")[2]: _lines(value) for name, value in form.items() if name.startswith("starters.")}
    return {language: lines for language, lines in given.items() if lines}


def _hours(form: Mapping[str, str]) -> dict[str, Any] | None:
    """None where no day and no zone is given: somebody always is there."""
    days = {day: value for day in DAYS if (value := form.get(day, "").strip())}
    zone, closed = form.get("zone", "").strip(), _several(form.get("closed", ""))
    return {"zone": zone, **days, "closed": closed} if zone or days or closed else None


def _several(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""
