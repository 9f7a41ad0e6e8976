"""Staff: who may use the console, in which role; passwords given anew, accounts added and removed."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from console.identity.invitations import Invitations
from console.web.navigation import MANAGE, MenuItem
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute, always
from conversations.accounts import accounts, passwords, totp
from conversations.accounts.accounts import ADMIN, ROLES
from conversations.accounts.passwords import HashedPassword
from conversations.errors import StaffError

PATH = "/staff/members"


class StaffPages:
    """`invitations` are there where accounts without a password can sign in, by an identity provider."""

    def __init__(self, invitations: Invitations | None):
        self._invitations = invitations

    def routes(self) -> list[StaffRoute]:
        return [
            StaffRoute(PATH, self.show, ADMIN, menu=MenuItem(MANAGE, "Staff")),
            StaffRoute(PATH, self.add, ADMIN, "POST", again=always),
            StaffRoute(f"{PATH}/role", self.set_role, ADMIN, "POST", again=always),
            StaffRoute(f"{PATH}/password", self.reset, ADMIN, "POST", again=always),
            StaffRoute(f"{PATH}/second-factor", self.turn_code_off, ADMIN, "POST", again=always),
            StaffRoute(f"{PATH}/remove", self.remove, ADMIN, "POST", again=always),
            StaffRoute(f"{PATH}/invitation", self.invite, ADMIN, "POST", again=always),
        ]

    async def show(self, request: StaffRequest) -> Response:
        return await self._page(request)

    async def add(self, request: StaffRequest) -> Response:
        """With a password that is shown once, or with none where an identity provider opens the account."""
        name, role = request.form.get("name", "").strip(), request.form.get("role", "")
        without = self._invitations is not None and request.form.get("outside") == "yes"
        password = None if without else passwords.generate_password()
        await self._change(request, accounts.add, name, role, await _hashed(password))
        return await self._page(request, name, password) if password else request.go_to(PATH)

    async def set_role(self, request: StaffRequest) -> Response:
        await self._change(request, accounts.set_role, self._other(request), request.form.get("role", ""))
        return request.go_to(PATH)

    async def reset(self, request: StaffRequest) -> Response:
        name, password = self._other(request), passwords.generate_password()
        await self._change(request, accounts.reset_password, name, await _hashed(password))
        return await self._page(request, name, password)

    async def turn_code_off(self, request: StaffRequest) -> Response:
        await self._change(request, totp.turn_off, self._other(request))
        return request.go_to(PATH)

    async def remove(self, request: StaffRequest) -> Response:
        await self._change(request, accounts.remove, self._other(request))
        return request.go_to(PATH)

    async def invite(self, request: StaffRequest) -> Response:
        """A link that ties the account to whoever opens it and signs in to the identity provider; shown once."""
        name = self._other(request)
        if self._invitations is None:
            raise PageError("There is no identity provider. Give a password instead.")
        try:
            member = await request.service.store.write(accounts.invite, name, request.member.name)
        except StaffError as error:
            raise PageError(str(error)) from None
        return await self._page(request, name, link=self._invitations.link(member))

    async def _change(self, request: StaffRequest, change, *args) -> None:
        try:
            await request.service.store.write(change, *args, request.member.name)
        except StaffError as error:
            raise PageError(str(error)) from None

    def _other(self, request: StaffRequest) -> str:
        """Somebody else's name, so that there is always an admin left who can change things."""
        name = request.form.get("name", "")
        if name == request.member.name:
            raise PageError("Ask another admin to change your own account.")
        return name

    async def _page(
        self, request: StaffRequest, name: str = "", password: str | None = None, link: str = ""
    ) -> Response:
        members = await request.service.store.read(accounts.list_accounts)
        shown = {"shown_for": name, "shown": password, "link": link}
        return request.page(
            "members.html", members=members, roles=ROLES, outside=self._invitations is not None, **shown
        )


async def _hashed(password: str | None) -> HashedPassword | None:
    """Slow by design: in a thread, and before the transaction, which visitors' messages wait for."""
    return None if password is None else HashedPassword(await asyncio.to_thread(passwords.hash_password, password))
