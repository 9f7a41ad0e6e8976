"""How long what people said is kept, how long somebody waits for a person, whose office hours hold beside the sites."""

from __future__ import annotations

from starlette.responses import Response

from channels.web.opening_hours import SiteOfficeHours
from channels.web.site_registry import SiteRegistry
from console.web.navigation import MANAGE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADMIN
from conversations.admin import settings_store, timeouts
from conversations.admin.timeouts import Timeouts
from conversations.data_rights import retention
from conversations.errors import AdminError
from core.settings import Settings

PATH = "/staff/limits"


class TimeoutsPage:
    """`environment` are the limits that hold where the console sets none; `office` goes by the hours of the sites."""

    def __init__(self, environment: Timeouts, sites: SiteRegistry, office: SiteOfficeHours):
        self._environment, self._sites, self._office = environment, sites, office

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(PATH, self.show, ADMIN, menu=MenuItem(MANAGE, "Time limits")),
            StaffRoute(PATH, self.save, ADMIN, "POST"),
        ]

    async def show(self, request: StaffRequest) -> Response:
        found = await request.service.store.read(timeouts.effective, self._environment)
        return request.page(
            "limits.html",
            limits=found,
            environment=self._environment,
            sites=sorted(one.name for one in self._sites.values() if one.hours),
            others=self._office.others,
            due=await request.service.store.read(retention.count_due, found.periods),
            saved=request.asked.get("saved") == "yes",
        )

    async def save(self, request: StaffRequest) -> Response:
        others = request.form.get("office_site", "")
        if others and others not in self._sites:
            raise PageError("There is no such site.")
        try:
            await request.service.store.write(timeouts.save, request.form, self._environment, request.member.name)
        except AdminError as error:
            raise PageError(str(error)) from None
        if others != self._office.others:
            await request.service.store.write(
                settings_store.save_setting, settings_store.OFFICE_SITE, others or None, request.member.name
            )
            self._office.others = others
        return request.go_to(f"{PATH}?saved=yes")


def timeouts_from(settings: Settings) -> Timeouts:
    """The limits that the environment gives."""
    return Timeouts(
        settings.mask_after_days,
        settings.delete_after_days,
        settings.handoff_wait_minutes,
        settings.person_silent_minutes,
    )
