"""A request of somebody who is signed in, and what a page handler needs to answer it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from console.web.templates import Templates
from conversations.accounts.accounts import Member
from conversations.accounts.sessions import Session
from conversations.input_parsing import whole_number
from conversations.pipeline.service import ConversationService


class PageError(Exception):
    """What was asked cannot be shown or done; the words are for the member of staff."""

    def __init__(self, what: str, status: int = 400):
        super().__init__(what)
        self.status = status


class Page(HTMLResponse):
    """A page that is still to be drawn: covering what people wrote takes a while, in which nobody else should have to wait."""

    def __init__(self, render: Callable[[], str], status: int = 200):
        super().__init__(status_code=status)
        self._render = render

    async def draw(self) -> None:
        """Make the page in a thread of its own."""
        self.body = (await asyncio.to_thread(self._render)).encode(self.charset)
        self.headers["content-length"] = str(len(self.body))


def number_in(given: Mapping[str, str], name: str) -> int | None:
    """Return the whole number that stands there, None where nothing does; PageError where it is none."""
    text = given.get(name, "")
    number = whole_number(text)
    if text and number is None:
        raise PageError(f"'{name}' must be a whole number. Go back and load the page again.")
    return number


@dataclass(frozen=True)
class StaffRequest:
    """`form` holds what was sent, where something was."""

    request: Request
    session: Session
    service: ConversationService
    frame: Templates
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def member(self) -> Member:
        return self.session.member

    @property
    def wants_part(self) -> bool:
        """Whether htmx asks for a part of a page, and not the browser for a whole one."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def asked(self) -> Mapping[str, str]:
        """The query, the first value of each name."""
        return {name: values[0] for name in self.request.query_params if (values := self._query(name))}

    def page(self, template: str, status: int = 200, **values: Any) -> Page:
        """A page, or a part of one, in the console's frame."""
        path = self.request.url.path
        return Page(
            lambda: self.frame.render(template, session=self.session, member=self.member, path=path, **values), status
        )

    def go_to(self, path: str) -> Response:
        """Show another page now; also where htmx asked."""
        if self.wants_part:
            return Response(status_code=204, headers={"HX-Redirect": path})
        return RedirectResponse(path, 303)

    def part(self, name: str) -> str:
        return self.request.path_params[name]

    def _query(self, name: str) -> list[str]:
        return self.request.query_params.getlist(name)
