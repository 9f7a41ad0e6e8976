"""The list of conversations: search, filters, pages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from console.web import display_names
from console.web.request import PageError, StaffRequest
from conversations.accounts import accounts
from conversations.db import schema
from conversations.review import annotation
from conversations.review.filters import FilterError, Filters
from conversations.review.listing import Page, list_page
from conversations.review.search import Snippet, snippet

PATH = "/staff/conversations"
NAMES = {  # of the filters, as staff read them, in the order of the page
    "words": "Words",
    "since": "From",
    "until": "To",
    "outcome": "Outcome",
    "topic": "Topic",
    "intent": "Intent",
    "confidence": "Confidence",
    "feedback": "Thumbs",
    "state": "Status",
    "handed": "Handed over",
    "mark": "Review",
    "reviewer": "Reviewer",
    "tag": "Tag",
    "channel": "Channel",
    "site": "Site",
    "page": "Page",
}


class ConversationListPage:
    """`topics` gives every topic's title by key."""

    def __init__(self, topics):
        self._topics = topics

    async def show(self, request: StaffRequest) -> Response:
        """The page, or only its results where htmx asks."""
        filters, cursor = filters_in(request.asked), request.asked.get("from", "")
        found = await request.service.store.read(list_page, filters, cursor)
        shown = await asyncio.to_thread(self._shown, filters, cursor, found)
        if request.wants_part:
            response = request.page("results.html", **shown)
            if not request.asked.get("live"):
                response.headers["HX-Push-Url"] = _address(filters.query, cursor)
            return response
        choices = await request.service.store.read(self._choices)
        return request.page("conversations.html", choices=choices, names=NAMES, **shown)

    def _shown(self, filters: Filters, cursor: str, found: Page) -> dict[str, Any]:
        query = filters.query
        return {
            "filters": asdict(filters),
            "found": found,
            "snippets": {one.id: _snippets(one.hits, filters.words) for one in found.lines if one.hits},
            "chips": [
                (name, NAMES[name], self._said(name, query[name]), _without(query, name))
                for name in NAMES
                if name in query
            ],
            "query": urlencode(query),
            "here": _address(query, cursor),
            "first": not cursor,
            "start": _address(query),
            "older": _address(query, found.next_cursor) if found.next_cursor else "",
        }

    def _said(self, name: str, value: str) -> str:
        return self._topics().get(value, value) if name == "topic" else display_names.filter_value(name, value)

    def _choices(self, connection: Connection) -> Mapping[str, Mapping[str, str]]:
        """What can be chosen in each filter: value to words."""
        channels = annotation.distinct_values(connection, schema.conversation.c.channel)
        people = {one.name for one in accounts.list_accounts(connection)}
        reviewers = sorted(people | set(annotation.distinct_values(connection, schema.review.c.reviewer)))
        return {
            **display_names.FILTERS,
            "topic": self._topics(),
            "channel": {one: display_names.CHANNELS.get(one, one) for one in channels},
            "site": {one: one for one in annotation.distinct_values(connection, schema.conversation.c.site)},
            "tag": {one: one for one in annotation.distinct_values(connection, schema.tag.c.name)},
            "reviewer": {one: one for one in reviewers},
        }


def filters_in(given: Mapping[str, str]) -> Filters:
    """Return the filters of a query or form; PageError, with the filter's name as staff read it, where one is unusable."""
    try:
        return Filters.from_query(given)
    except FilterError as error:
        raise PageError(f"The filter {NAMES[error.name]} {error.what}.") from None


def back_to(filters: Filters) -> str:
    """The address of the list with these filters."""
    return _address(filters.query)


def _snippets(hits, words: str, most: int = 2) -> list[tuple[str, Snippet]]:
    """The best places of a conversation, each with who said it."""
    return [(display_names.AUTHORS.get(hit.author, hit.author), snippet(hit.text, words)) for hit in hits[:most]]


def _without(query: Mapping[str, str], name: str) -> str:
    return _address({key: value for key, value in query.items() if key != name})


def _address(query: Mapping[str, str], cursor: str = "") -> str:
    asked = {**query, **({"from": cursor} if cursor else {})}
    return f"{PATH}?{urlencode(asked)}" if asked else PATH
