"""Staff accounts: roles, new passwords, invitations, adding and removing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from console.identity.invitations import Invitations
from console.web.request import PageError, StaffRequest
from console.web.routing import MANAGE, MenuItem, StaffRoute, always
from conversations.accounts import accounts, passwords, totp
from conversations.accounts.accounts import ADMIN, ROLES
from core.translations import gettext as _

PATH = "/staff/members"


class StaffPages:
    """Pages about all accounts; `invitations` is None if there is no identity provider."""

    def __init__(self, invitations: Invitations | None) -> None:
        self._invitations = invitations

    def routes(self) -> list[StaffRoute]:
        """Return the routes of this page."""
        return [
            StaffRoute(PATH, self.show, ADMIN, menu=MenuItem(MANAGE, "Staff")),
            StaffRoute(PATH, self.add, ADMIN, "POST", reauthenticate=always),
            StaffRoute(f"{PATH}/role", self.set_role, ADMIN, "POST", reauthenticate=always),
            StaffRoute(f"{PATH}/password", self.reset_password, ADMIN, "POST", reauthenticate=always),
            StaffRoute(f"{PATH}/second-factor", self.turn_totp_off, ADMIN, "POST", reauthenticate=always),
            StaffRoute(f"{PATH}/remove", self.remove, ADMIN, "POST", reauthenticate=always),
            StaffRoute(f"{PATH}/invitation", self.invite, ADMIN, "POST", reauthenticate=always),
        ]

    async def show(self, request: StaffRequest) -> Response:
        """Show all accounts."""
        return await self._page(request)

    async def add(self, request: StaffRequest) -> Response:
        """Add an account, with a password that is shown once or, for the identity provider, without a password."""
        name, role = request.form.get("name", "").strip(), request.form.get("role", "")
        without_password = self._invitations is not None and request.form.get("outside") == "yes"
        password = None if without_password else passwords.generate_password()
        await _write(request, accounts.add, name, role, await _hash(password) if password else None)
        return await self._page(request, name, password) if password else request.redirect(PATH)

    async def set_role(self, request: StaffRequest) -> Response:
        """Give another account a role."""
        await _write(request, accounts.set_role, _other_account(request), request.form.get("role", ""))
        return request.redirect(PATH)

    async def reset_password(self, request: StaffRequest) -> Response:
        """Give another account a new password, which is shown once."""
        name, password = _other_account(request), passwords.generate_password()
        await _write(request, accounts.reset_password, name, await _hash(password))
        return await self._page(request, name, password)

    async def turn_totp_off(self, request: StaffRequest) -> Response:
        """Turn off the second factor of another account."""
        await _write(request, totp.turn_off, _other_account(request))
        return request.redirect(PATH)

    async def remove(self, request: StaffRequest) -> Response:
        """Remove another account."""
        await _write(request, accounts.remove, _other_account(request))
        return request.redirect(PATH)

    async def invite(self, request: StaffRequest) -> Response:
        """Show, once, a link that ties an account to whoever opens it and signs in to the identity provider."""
        name = _other_account(request)
        if self._invitations is None:
            raise PageError(_("There is no identity provider. Give a password instead."))
        member = await _write(request, accounts.invite, name)
        return await self._page(request, name, link=self._invitations.link(member))

    async def _page(
        self, request: StaffRequest, name: str = "", password: str | None = None, link: str = ""
    ) -> Response:
        return request.page(
            "staff.html",
            members=await request.service.store.read(accounts.list_accounts),
            roles=ROLES,
            outside=self._invitations is not None,
            shown_for=name,
            shown=password,
            link=link,
        )


async def _write(request: StaffRequest, change: Callable[..., Any], *args: Any) -> Any:
    """Make a change to an account, recorded under the name of whoever is signed in."""
    return await request.service.store.write(change, *args, request.member.name)


def _other_account(request: StaffRequest) -> str:
    """Return the account that the form names; PageError if it is the sender's own, so that an admin is always left."""
    name = request.form.get("name", "")
    if name == request.member.name:
        raise PageError(_("Ask another admin to change your own account."))
    return name


async def _hash(password: str) -> passwords.HashedPassword:
    """Return the password's hash, made in a thread and outside of a transaction because it is slow by design."""
    return passwords.HashedPassword(await asyncio.to_thread(passwords.hash_password, password))
