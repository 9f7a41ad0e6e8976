"""How long what people said is kept, and how long somebody waits for a person: set here, or by the environment."""

from __future__ import annotations

from starlette.responses import Response

from console.doors import Door
from console.menu import MANAGE, Place
from console.visit import PageError, Visit
from conversations import limits, retention
from conversations.kept import KeptError
from conversations.limits import Limits
from conversations.staff import ADMIN

PATH = "/staff/limits"


class LimitsPage:
    """`environment` are the limits that hold where the console sets none."""

    def __init__(self, environment: Limits):
        self._environment = environment

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
            due=await visit.desk.store.read(retention.due, found.periods),
            saved=visit.asked.get("saved") == "yes",
        )

    async def save(self, visit: Visit) -> Response:
        try:
            await visit.desk.store.write(limits.keep, visit.form, self._environment, visit.member.name)
        except KeptError as error:
            raise PageError(str(error)) from None
        return visit.go_to(f"{PATH}?saved=yes")
