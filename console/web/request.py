"""Requests of signed-in staff, and what a handler needs to answer them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from channels.http import compressed_private
from console.web.templates import Templates
from conversations.accounts.accounts import Member
from conversations.accounts.sessions import Session
from conversations.input_parsing import whole_number
from conversations.pipeline.service import ConversationService
from core.translations import gettext as _

# How this browser shows the console, unless it goes by the device.
LOOK_COOKIE, LOOKS = "advisor_look", ("light", "dark")
OF_PACK = "@"  # between a form's token and the guide pack that its page is about


class PageError(Exception):
    """A request that cannot be answered; the message is shown to the member of staff who sent it."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class Page(HTMLResponse):
    """A response whose template is rendered later, in a thread.

    Masking the messages of a long transcript takes a while; in the event loop, all other requests would have to wait.
    """

    def __init__(self, render: Callable[[], str], status: int = 200) -> None:
        super().__init__(status_code=status)
        self._render = render

    async def draw(self, request: Request) -> None:
        """Render the template and set the body, compressed where that betrays nothing."""
        await asyncio.to_thread(self._draw, request)

    def _draw(self, request: Request) -> None:
        self.body = self._render().encode(self.charset)
        self.headers["content-length"] = str(len(self.body))
        compressed_private(request, self)


def optional_number(values: Mapping[str, str], name: str) -> int | None:
    """Return the whole number of a query or form field, or None if it is empty or absent.

    Raises PageError if it holds anything else.
    """
    text = values.get(name, "")
    number = whole_number(text)
    if text and number is None:
        raise PageError(_("'%(name)s' must be a whole number. Go back and load the page again.") % {"name": name})
    return number


def required_number(text: str, error: str) -> int:
    """Return the whole number in `text`, the id of a record; raises PageError (404, `error`) for any other text."""
    number = whole_number(text)
    if number is None:
        raise PageError(error, 404)
    return number


def chosen_look(http: Request) -> str:
    """Return "light" or "dark" if this browser was told to show the console so, or "" if it goes by the device."""
    chosen = http.cookies.get(LOOK_COOKIE, "")
    return chosen if chosen in LOOKS else ""


@dataclass(frozen=True)
class UploadedFile:
    """A file of a submitted form: the name that the browser gives it, and what it holds."""

    name: str
    content: bytes


@dataclass(frozen=True)
class StaffRequest:
    """A request of a signed-in member of staff.

    `http` is Starlette's request, `form` the fields of a submitted form, `files` the files in it. `pack` is the guide pack
    that it is about, "" for the first; `packs` are the titles of those that there are, by name.
    """

    http: Request
    session: Session
    service: ConversationService
    templates: Templates
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, UploadedFile] = field(default_factory=dict)
    published: str = (
        ""  # position of the events before anything was read for this request; a page's live stream begins there
    )
    pack: str = ""
    packs: Mapping[str, str] = field(default_factory=dict)

    @property
    def member(self) -> Member:
        """Return the account that is signed in."""
        return self.session.member

    @property
    def scope(self) -> str | None:
        """Return the pack to which queries of conversations are limited, or None if there is one pack alone."""
        return self.pack if len(self.packs) > 1 else None

    def of_pack(self, pack: str) -> StaffRequest:
        """Return the request as one about another pack; the forms of its page say so, beside their token."""
        if len(self.packs) < 2:
            return self
        token = f"{self.session.csrf.partition(OF_PACK)[0]}{OF_PACK}{pack}"
        return replace(self, pack=pack, session=replace(self.session, csrf=token))

    @property
    def wants_fragment(self) -> bool:
        """Return True if htmx asks for a part of a page, False if the browser asks for a whole page."""
        return self.http.headers.get("hx-request") == "true"

    @property
    def query(self) -> Mapping[str, str]:
        """Return the fields of the query; of a field that is repeated, the first value."""
        fields: dict[str, str] = {}
        for name, value in self.http.query_params.multi_items():
            fields.setdefault(name, value)
        return fields

    def page(self, template: str, status: int = 200, **values: Any) -> Page:
        """Return a page, or a fragment, of a template that also gets the session, the member and the path."""
        shared = {"path": self.http.url.path, "published": self.published, "pack": self.pack, "packs": self.packs}
        shared["look"] = chosen_look(self.http)
        known = {"session": self.session, "member": self.member, **shared, **values}
        return Page(lambda: self.templates.render(template, **known), status)

    def decided(self, told: str, text: str, undo: str, fields: Mapping[str, str]) -> Page:
        """Return the row that takes the place of a decided one.

        It says what was done (`told`) with `text`, and posts `fields` to the address `undo` to take it back.
        """
        return self.page("decided-row.html", told=told, text=text, undo=undo, fields=fields)

    def redirect(self, path: str) -> Response:
        """Return a response that makes the browser, or htmx, load another page of the console."""
        if self.wants_fragment:
            return Response(status_code=204, headers={"HX-Redirect": path})
        return RedirectResponse(path, 303)

    def path_param(self, name: str) -> str:
        """Return a parameter of the route's path."""
        return str(self.http.path_params[name])
