"""Routes of the console: address, handler, the role that is needed, and the place in the menu."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from channels.http import MOST_BYTES
from conversations.accounts.accounts import VIEWER
from core.translations import marked

NOW, REVIEW, KNOWLEDGE = marked("Now"), marked("Review"), marked("Knowledge")
MEASURE, MANAGE = marked("Measure"), marked("Manage")
MENU_GROUPS = (NOW, REVIEW, KNOWLEDGE, MEASURE, MANAGE)  # from top to bottom
TOTP_SETUP = "/staff/account/second-factor"
MAX_FIELDS = 1000  # of a form that says no other number; the form of a site with many languages has hundreds


def never(form: Mapping[str, str]) -> bool:
    """Return False: the route never asks for the password again."""
    return False


def always(form: Mapping[str, str]) -> bool:
    """Return True: the route asks for the password again unless it was given a short time ago."""
    return True


@dataclass(frozen=True)
class MenuItem:
    """A page's group and title in the menu.

    `badge` names a number beside the title, which the script of the page fills in.
    """

    group: str
    title: str
    badge: str = ""


@dataclass(frozen=True)
class StaffRoute:
    """A page or an action of the console.

    `handler` gets a StaffRequest; if `role` is None, nobody needs to be signed in and it gets Starlette's request and
    the form. `menu` is None for routes that are not in the menu. `reauthenticate` decides by the submitted form whether
    to ask for the password again. `before_totp` opens the route to members who still have to set up the second factor.
    `upload_bytes` is how large a form with files may be, 0 for forms without; `upload_files` how many it may hold.
    `form_bytes` and `form_fields` are how large another form may be, and how many fields it may have.
    """

    path: str
    handler: Callable[..., Awaitable[Response]]
    role: str | None = VIEWER
    method: str = "GET"
    menu: MenuItem | None = None
    reauthenticate: Callable[[Mapping[str, str]], bool] = never
    before_totp: bool = False
    upload_bytes: int = 0
    upload_files: int = 1
    form_bytes: int = MOST_BYTES
    form_fields: int = MAX_FIELDS
