"""Sites: where the widget may be embedded, its texts and its opening hours. Changes apply at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from channels.web.opening_hours import DAYS
from channels.web.site_registry import SiteRegistry
from channels.web.sites import Site, SitesError, description_of
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import MANAGE, MenuItem, StaffRoute
from conversations.accounts.accounts import ADMIN
from conversations.admin import sites
from core.pack_registry import FIRST
from core.translations import gettext as _

PATH = "/staff/sites"
FIRST_TEXTS = ("name", "team", "greeting", "welcome")  # texts of the widget that most sites change, shown first
NEW_SITE = Site(name="", origins=(), languages=("en",), consent_version="1")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    pages = SitePages(context.sites, context.public_url)
    return [
        StaffRoute(PATH, pages.list, ADMIN, menu=MenuItem(MANAGE, "Sites")),
        StaffRoute(f"{PATH}/new", pages.new, ADMIN),
        StaffRoute(f"{PATH}/new", pages.add, ADMIN, "POST"),
        StaffRoute(f"{PATH}/{{site}}", pages.edit, ADMIN),
        StaffRoute(f"{PATH}/{{site}}", pages.save, ADMIN, "POST"),
        StaffRoute(f"{PATH}/{{site}}/remove", pages.remove, ADMIN, "POST"),
    ]


class SitePages:
    """The list of sites and the form of each; `front_url` is the address of the script that a website embeds."""

    def __init__(self, registry: SiteRegistry, front_url: str) -> None:
        self._registry, self._front_url = registry, front_url

    async def list(self, request: StaffRequest) -> Response:
        """Show all sites."""
        sites = sorted(self._registry.values(), key=lambda site: site.name)
        return request.page("sites.html", sites=sites, registry=self._registry)

    async def new(self, request: StaffRequest) -> Response:
        """Show the form of a new site."""
        return self._form(request, NEW_SITE, description_of(NEW_SITE))

    async def add(self, request: StaffRequest) -> Response:
        """Save a new site, or show its form again with what is wrong."""
        name = request.form.get("name", "").strip().lower()
        description = _description(request.form)
        if name in self._registry:
            return self._form(
                request, NEW_SITE, description, _("There is a site %(name)s already.") % {"name": name}, name
            )
        return await self._save(request, NEW_SITE, name, description)

    async def edit(self, request: StaffRequest) -> Response:
        """Show the form of a site."""
        site = self._site(request)
        return self._form(request, site, description_of(site))

    async def save(self, request: StaffRequest) -> Response:
        """Save a site, or show its form again with what is wrong."""
        site = self._site(request)
        return await self._save(request, site, site.name, _description(request.form))

    async def remove(self, request: StaffRequest) -> Response:
        """Delete the console's description of a site; a site of the sites file is then as that file describes it."""
        site = self._site(request)
        if not self._registry.is_described(site.name):
            raise PageError(_("This site stands in the sites file; take it out there."))
        await request.service.store.write(sites.delete_site, site.name, request.member.name)
        await self._reload(request)
        return request.redirect(PATH)

    async def _save(self, request: StaffRequest, site: Site, name: str, description: Mapping[str, Any]) -> Response:
        usable = _without_unused_languages(description)
        try:
            self._registry.check(name, usable)
        except SitesError as error:
            return self._form(request, site, description, _sentence(str(error)), name)
        await request.service.store.write(sites.save_site, name, usable, request.member.name)
        await self._reload(request)
        return request.redirect(f"{PATH}/{name}?saved=yes")

    async def _reload(self, request: StaffRequest) -> None:
        self._registry.use(await request.service.store.read(sites.list_sites))
        request.service.publish_settings()

    def _site(self, request: StaffRequest) -> Site:
        site = self._registry.get(request.path_param("site"))
        if site is None:
            raise PageError(_("There is no such site."), 404)
        return site

    def _form(
        self, request: StaffRequest, site: Site, description: Mapping[str, Any], error: str = "", name: str = ""
    ) -> Response:
        strings = self._registry.strings
        return request.page(
            "site.html",
            400 if error else 200,
            site=site,
            given=description,
            name=name or site.name,
            error=error,
            saved=request.query.get("saved") == "yes",
            registry=self._registry,
            languages=sorted({*description["languages"], *description.get("texts", {})}) or ["en"],
            days=DAYS,
            front_url=self._front_url,
            first_texts=FIRST_TEXTS,
            texts_of=lambda language: strings.table(language, {}, site.pack),
            keys=strings.keys,
        )


def _description(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the description of a site in a submitted form, with the texts of all languages.

    Invalid values are kept; `SiteRegistry.check` says what is wrong with them.
    """
    languages = _words(form.get("languages", ""))
    description: dict[str, Any] = {
        "origins": _words(form.get("origins", "")),
        "languages": languages,
        "colours": {"accent": form.get("accent", "").strip() or Site.accent},
        "position": form.get("position", Site.position),
        "greet_after_seconds": form.get("greet_after", "").strip() or "0",
        "consent": {"version": form.get("consent_version", "").strip()},
        "texts": _texts(form),
        "starters": _starters(form),
    }
    if (guide := form.get("guide", FIRST)) != FIRST:
        description["guide"] = guide
    if logo := form.get("logo", "").strip():
        description["logo"] = logo
    if privacy := form.get("privacy_url", "").strip():
        description["consent"]["privacy_url"] = privacy
    if hours := _hours(form):
        description["hours"] = hours
    return description


def _without_unused_languages(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the description without texts in languages that the site no longer has."""
    languages = description["languages"]
    texts = {
        kind: {language: text for language, text in description[kind].items() if language in languages}
        for kind in ("texts", "starters")
    }
    return {**description, **texts}


def _texts(form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = {}
    for name, value in form.items():
        kind, _, rest = name.partition(".")
        language, _, key = rest.partition(".")
        if kind == "text" and key and value.strip():
            texts.setdefault(language, {})[key] = " ".join(value.split())
    return texts


def _starters(form: Mapping[str, str]) -> dict[str, list[str]]:
    starters = {name.partition(".")[2]: _lines(value) for name, value in form.items() if name.startswith("starters.")}
    return {language: lines for language, lines in starters.items() if lines}


def _hours(form: Mapping[str, str]) -> dict[str, Any] | None:
    """Return the opening hours, or None if no day and no time zone is given: staff are always there."""
    days = {day: value for day in DAYS if (value := form.get(day, "").strip())}
    zone, closed = form.get("zone", "").strip(), _words(form.get("closed", ""))
    return {"zone": zone, **days, "closed": closed} if zone or days or closed else None


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""
