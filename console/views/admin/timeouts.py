"""Timeouts: how long data is kept and visitors wait, whose opening hours hold beside the sites, what visitors are asked."""

from __future__ import annotations

from starlette.responses import Response

from channels.web.opening_hours import SiteOfficeHours
from channels.web.site_registry import SiteRegistry
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, optional_number
from console.web.routing import MANAGE, MenuItem, StaffRoute
from conversations.accounts.accounts import ADMIN
from conversations.admin import settings_store, timeouts
from conversations.admin.timeouts import Timeouts
from conversations.data_rights import retention
from conversations.handoff import ratings
from core.translations import gettext as _

PATH = "/staff/limits"


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    page = TimeoutsPage(timeouts.from_settings(context.settings), context.sites, context.office)
    return [
        StaffRoute(PATH, page.show, ADMIN, menu=MenuItem(MANAGE, "Time limits")),
        StaffRoute(PATH, page.save, ADMIN, "POST"),
    ]


class TimeoutsPage:
    """The page; `defaults` hold until the console sets others."""

    def __init__(self, defaults: Timeouts, sites: SiteRegistry, office: SiteOfficeHours) -> None:
        self._defaults, self._sites, self._office = defaults, sites, office

    async def show(self, request: StaffRequest) -> Response:
        """Show the timeouts in force, and how much the retention periods would delete now."""
        current = await request.service.store.read(timeouts.effective, self._defaults)
        return request.page(
            "timeouts.html",
            limits=current,
            environment=self._defaults,
            sites=sorted(site.name for site in self._sites.values() if site.hours),
            others=self._office.others,
            asked=await request.service.store.read(ratings.scale_asked),
            scales=ratings.SCALES,
            due=await request.service.store.read(retention.count_due, current.periods),
            saved=request.query.get("saved") == "yes",
        )

    async def save(self, request: StaffRequest) -> Response:
        """Save the timeouts, and the site whose opening hours hold on channels without a site."""
        office_site = request.form.get("office_site", "")
        if office_site and office_site not in self._sites:
            raise PageError(_("There is no such site."))
        asked = optional_number(request.form, "ask_satisfaction") or 0
        if asked and asked not in ratings.SCALES:
            raise PageError(_("Choose from the list how visitors are asked."))
        await request.service.store.write(timeouts.save, request.form, self._defaults, request.member.name)
        if asked != await request.service.store.read(ratings.scale_asked):
            await request.service.store.write(
                settings_store.save_setting, ratings.SETTING, asked or None, request.member.name
            )
        if office_site != self._office.others:
            await request.service.store.write(
                settings_store.save_setting, settings_store.OFFICE_SITE, office_site or None, request.member.name
            )
            self._office.others = office_site
            request.service.publish_settings()
        return request.redirect(f"{PATH}?saved=yes")
