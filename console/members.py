"""Staff: who may use the console, in which role; passwords given anew, accounts added and removed."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from console.doors import Door, always
from console.invitations import Invitations
from console.menu import MANAGE, Place
from console.visit import PageError, Visit
from conversations import second_factor, staff
from conversations.errors import StaffError
from conversations.staff import ADMIN, ROLES, Hashed

PATH = "/staff/members"


class Members:
    """`invitations` are there where accounts without a password can sign in, by an identity provider."""

    def __init__(self, invitations: Invitations | None):
        self._invitations = invitations

    def doors(self) -> list[Door]:
        return [
            Door(PATH, self.show, ADMIN, menu=Place(MANAGE, "Staff")),
            Door(PATH, self.add, ADMIN, "POST", again=always),
            Door(f"{PATH}/role", self.set_role, ADMIN, "POST", again=always),
            Door(f"{PATH}/password", self.reset, ADMIN, "POST", again=always),
            Door(f"{PATH}/second-factor", self.turn_code_off, ADMIN, "POST", again=always),
            Door(f"{PATH}/remove", self.remove, ADMIN, "POST", again=always),
            Door(f"{PATH}/invitation", self.invite, ADMIN, "POST", again=always),
        ]

    async def show(self, visit: Visit) -> Response:
        return await self._page(visit)

    async def add(self, visit: Visit) -> Response:
        """With a password that is shown once, or with none where an identity provider opens the account."""
        name, role = visit.form.get("name", "").strip(), visit.form.get("role", "")
        without = self._invitations is not None and visit.form.get("outside") == "yes"
        password = None if without else staff.new_password()
        await self._change(visit, staff.add, name, role, await _hashed(password))
        return await self._page(visit, name, password) if password else visit.go_to(PATH)

    async def set_role(self, visit: Visit) -> Response:
        await self._change(visit, staff.set_role, self._other(visit), visit.form.get("role", ""))
        return visit.go_to(PATH)

    async def reset(self, visit: Visit) -> Response:
        name, password = self._other(visit), staff.new_password()
        await self._change(visit, staff.reset, name, await _hashed(password))
        return await self._page(visit, name, password)

    async def turn_code_off(self, visit: Visit) -> Response:
        await self._change(visit, second_factor.turn_off, self._other(visit))
        return visit.go_to(PATH)

    async def remove(self, visit: Visit) -> Response:
        await self._change(visit, staff.remove, self._other(visit))
        return visit.go_to(PATH)

    async def invite(self, visit: Visit) -> Response:
        """A link that ties the account to whoever opens it and signs in to the identity provider; shown once."""
        name = self._other(visit)
        if self._invitations is None:
            raise PageError("There is no identity provider. Give a password instead.")
        try:
            member = await visit.desk.store.write(staff.invite, name, visit.member.name)
        except StaffError as error:
            raise PageError(str(error)) from None
        return await self._page(visit, name, link=self._invitations.link(member))

    async def _change(self, visit: Visit, change, *args) -> None:
        try:
            await visit.desk.store.write(change, *args, visit.member.name)
        except StaffError as error:
            raise PageError(str(error)) from None

    def _other(self, visit: Visit) -> str:
        """Somebody else's name, so that there is always an admin left who can change things."""
        name = visit.form.get("name", "")
        if name == visit.member.name:
            raise PageError("Ask another admin to change your own account.")
        return name

    async def _page(self, visit: Visit, name: str = "", password: str | None = None, link: str = "") -> Response:
        members = await visit.desk.store.read(staff.everybody)
        shown = {"shown_for": name, "shown": password, "link": link}
        return visit.page("members.html", members=members, roles=ROLES, outside=self._invitations is not None, **shown)


async def _hashed(password: str | None) -> Hashed | None:
    """Slow by design: in a thread, and before the transaction, which visitors' messages wait for."""
    return None if password is None else Hashed(await asyncio.to_thread(staff.hash_of, password))
