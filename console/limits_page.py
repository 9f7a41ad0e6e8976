"""How long what people said is kept, how long somebody waits for a person, whose office hours hold beside the sites."""

from __future__ import annotations

from starlette.responses import Response

from bot.settings import Settings
from channels.web.book import SiteBook
from channels.web.office import SiteOffice
from console.doors import Door
from console.menu import MANAGE, Place
from console.visit import PageError, Visit
from conversations import kept, limits, retention
from conversations.kept import KeptError
from conversations.limits import Limits
from conversations.staff import ADMIN

PATH = "/staff/limits"


class LimitsPage:
    """`environment` are the limits that hold where the console sets none; `office` goes by the hours of the sites."""

    def __init__(self, environment: Limits, sites: SiteBook, office: SiteOffice):
        self._environment, self._sites, self._office = environment, sites, office

    def doors(self) -> list[Door]:
        return [
            Door(PATH, self.show, ADMIN, menu=Place(MANAGE, "Time limits")),
            Door(PATH, self.save, ADMIN, "POST"),
        ]

    async def show(self, visit: Visit) -> Response:
        found = await visit.desk.store.read(limits.in_force, self._environment)
        return visit.page(
            "limits.html",
            limits=found,
            environment=self._environment,
            sites=sorted(one.name for one in self._sites.values() if one.hours),
            others=self._office.others,
            due=await visit.desk.store.read(retention.due, found.periods),
            saved=visit.asked.get("saved") == "yes",
        )

    async def save(self, visit: Visit) -> Response:
        others = visit.form.get("office_site", "")
        if others and others not in self._sites:
            raise PageError("There is no such site.")
        try:
            await visit.desk.store.write(limits.keep, visit.form, self._environment, visit.member.name)
        except KeptError as error:
            raise PageError(str(error)) from None
        if others != self._office.others:
            await visit.desk.store.write(kept.keep_setting, kept.OFFICE_SITE, others or None, visit.member.name)
            self._office.others = others
        return visit.go_to(f"{PATH}?saved=yes")


def limits_of(settings: Settings) -> Limits:
    """The limits that the environment gives."""
    return Limits(
        settings.mask_after_days,
        settings.delete_after_days,
        settings.handoff_wait_minutes,
        settings.person_silent_minutes,
    )
