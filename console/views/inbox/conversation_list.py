"""The list of conversations: search, filters and pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection
from starlette.responses import Response

from console.translations import dates
from console.views.inbox.search_operators import read_operators, written
from console.views.inbox.topic_filter import TopicFilter
from console.web import display_names
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import REVIEW, MenuItem, StaffRoute
from console.web.topic_titles import TopicTitles
from conversations.accounts import accounts
from conversations.accounts.accounts import VIEWER
from conversations.admin.saved_views import views_of
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.handoff import queue
from conversations.models import Conversation
from conversations.review import annotation
from conversations.review.filters import FilterError, Filters, told_day
from conversations.review.listing import Page, list_page
from conversations.review.search import Hit, Snippet, snippet
from conversations.review.together import Matching, matching
from core.pack_registry import shown_name
from core.translations import Names, marked
from core.translations import gettext as _

PATH = "/staff/conversations"
CONVERSATION_PATH = f"{PATH}/{{conversation}}"
CONVERSATION_NOT_FOUND = marked(
    "There is no such conversation. It may have been deleted, by its owner or because it was kept long enough."
)
MAX_SNIPPETS = 2  # of a conversation
MOST_COUNTED, COUNTING_SCANS = 10_000, 2  # of the number at the head of the list; beyond, "10,000+"
FILTER_NAMES = Names(
    {  # as staff read them, in the order of the page
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
        "taken": "Taken over by",
        "rated": "Satisfaction with",
        "went": "How it ended",
        "mark": "Review",
        "reviewer": "Reviewer",
        "tag": "Tag",
        "channel": "Channel",
        "site": "Site",
        "guide": "Guide",
        "page": "Page",
    }
)


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    page = ConversationListPage(context.titles)
    return [StaffRoute(PATH, page.show, VIEWER, menu=MenuItem(REVIEW, "Conversations"))]


class ConversationListPage:
    """The list; `titles` are those of the topics."""

    def __init__(self, titles: TopicTitles) -> None:
        self._topics = TopicFilter(titles)

    async def show(self, request: StaffRequest) -> Response:
        """Show the page, or only its results or their number if htmx asks for them.

        `also` adds topics to the filter, in words; `told` is what stood in the search field before somebody wrote into it.
        """
        part = request.query.get("part")
        if part == "open":
            return request.page("conversation-open.html", conversation=None, is_done=False)
        if part == "count":
            return await self._count(request)
        if not request.wants_fragment:
            query = self._asked(request)
            # A form without scripts, or operators among the words: the address is mended.
            if "told" in request.query or any(query[name] != request.query.get(name, "") for name in query):
                return request.redirect(list_url(filters_from(query)))
            values = await self.values(request)
            return request.page("inbox.html", conversation=None, is_done=bool(request.query.get("done")), **values)
        values = await self._results(request)
        place: dict[str, Any] = {"open_id": request.query.get("open", ""), "follows": not request.query.get("live")}
        response = request.page("conversation-list-results.html", **place, **values)
        if not request.query.get("live"):
            response.headers["HX-Push-Url"] = _place_url(self._asked(request), request.query.get("open", ""))
        return response

    async def values(self, request: StaffRequest) -> dict[str, Any]:
        """Return what the template of the list gets: the conversations that the query filters, and the filters."""
        choices = {**await request.service.store.read(self._choices), "guide": guide_titles(request)}
        topics = self._topics.choices()
        return {
            "choices": choices,
            "topics": topics,
            "names": FILTER_NAMES,
            "views": await request.service.store.read(views_of, request.member),
            "open_id": "",
            "follows": False,
            **await self._results(request),
        }

    async def _results(self, request: StaffRequest) -> dict[str, Any]:
        query = self._asked(request)
        filters, cursor, also = filters_from(query), query.get("from", ""), query.get("also", "").strip()
        page = await request.service.store.read(list_page, filters, cursor)
        unknown = also if also and not self._topics.find(also) else ""
        return {"unknown_topic": unknown, **await asyncio.to_thread(self._values, request, filters, cursor, page)}

    async def _count(self, request: StaffRequest) -> Response:
        """Return how many conversations the filters leave; where reading on would take long, at least how many."""
        asked = filters_from(self._asked(request))
        found: Matching = await request.service.store.read(matching, asked, MOST_COUNTED, COUNTING_SCANS)
        return request.page("how-many.html", number=len(found.ids), more=found.more)

    def _asked(self, request: StaffRequest) -> dict[str, str]:
        """Return the query, with what `also` names among its topics, and with the filters that stand among its words.

        Of the form, which tells the search field as it was (`told`), the field counts if somebody wrote into it, else the
        menus beside it: each writes into the other.
        """
        query = dict(request.query)
        field, told = query.get("words", ""), query.pop("told", None)
        words, typed = read_operators(field, self._topics.find)
        if told is not None and field == told:
            days = {name: typed.get(name, "") for name in ("since", "until")}
            typed = {name: day for name, day in days.items() if _same_day(name, day, query)}
        elif told is not None:
            query.update(dict.fromkeys(FILTER_NAMES, ""))
        topics = [query.get("topic", ""), *self._topics.find(query.get("also", "")), typed.pop("topic", "")]
        given = {"words": words} if told is not None or typed or topics[-1] else {}
        return {**query, **typed, **given, "topic": ",".join(filter(None, topics))}

    def _values(self, request: StaffRequest, filters: Filters, cursor: str, page: Page) -> dict[str, Any]:
        """Return what the template gets; searching for snippets takes a while, so this runs in a thread."""
        query, used = filters.query, list(in_use(filters, self._topics, guide_titles(request)))
        return {
            "filters": asdict(filters),
            "found": page,
            "snippets": {line.id: _snippets(line.hits, filters.words) for line in page.lines if line.hits},
            "chips": [(title, words, list_url(left)) for _, title, words, left in used],
            "topic_chips": [(words, list_url(left)) for name, _, words, left in used if name == "topic"],
            "written": written(filters),
            "asked": _written_by_hand(request),
            **_number_of(page, filters, cursor),
            "days": {"since": filters.first_day or "", "until": filters.last_day or ""},
            "query": _encoded(query, cursor),
            "here": _url(query, cursor),
            "first": not cursor,
            "start": _url(query),
            "older": _url(query, page.next_cursor) if page.next_cursor else "",
        }

    def _choices(self, connection: Connection) -> Mapping[str, Mapping[str, str]]:
        """Return what each filter offers: the values with their names."""
        channels = annotation.distinct_values(connection, schema.conversation.c.channel)
        members = {member.name for member in accounts.list_accounts(connection)}
        reviewers = sorted(members | set(annotation.distinct_values(connection, schema.review.c.reviewer)))
        return {
            **display_names.filter_values(),
            "channel": {name: display_names.CHANNELS.get(name, name) for name in channels},
            "site": {name: name for name in annotation.distinct_values(connection, schema.conversation.c.site)},
            "tag": {name: name for name in annotation.distinct_values(connection, schema.tag.c.name)},
            "reviewer": {name: name for name in reviewers},
            "taken": {name: name for name in queue.takers(connection)},
            "rated": {name: name for name in annotation.distinct_values(connection, schema.rating.c.person)},
        }


def filters_from(fields: Mapping[str, str]) -> Filters:
    """Return the filters in a query or form; PageError, with the filter's name, if a value is invalid."""
    try:
        return Filters.from_query(fields)
    except FilterError as error:
        raise PageError(
            _("The filter %(name)s %(what)s.") % {"name": FILTER_NAMES[error.name], "what": error.what}
        ) from None


def _written_by_hand(request: StaffRequest) -> str:
    """Return the search field if it is what counts of the form, "" if a menu beside it was changed."""
    field = request.query.get("words", "")
    return "" if request.query.get("told", field) == field else field


def _number_of(page: Page, filters: Filters, cursor: str) -> dict[str, Any]:
    """Return how many conversations there are, None if the page does not hold them all, and the address that counts them."""
    is_whole = not cursor and not page.next_cursor and not page.scanned
    counting = _url({**filters.query, "part": "count"})
    return {"number": len(page.lines) if is_whole else None, "more": False, "counting": counting}


def _same_day(name: str, told: str, query: Mapping[str, str]) -> bool:
    """Return True if a day that is told as `7d` is the one that stands in the form, which knows dates alone."""
    day = told_day(told, is_end=name == "until") if told else None
    return day is not None and str(day) == query.get(name)


def guide_titles(request: StaffRequest) -> dict[str, str]:
    """Return the titles of the guide packs by the names under which a filter asks for them; {} if there is one alone."""
    return {shown_name(name): title for name, title in request.packs.items()} if len(request.packs) > 1 else {}


def in_use(filters: Filters, topics: TopicFilter, guides: Mapping[str, str]) -> Iterator[tuple[str, str, str, Filters]]:
    """Yield each filter in use, each topic by itself: its name, its title, its value in words, and what is left without it."""
    for name, title in FILTER_NAMES.items():
        if name == "topic":
            for topic in filters.topics:
                others = ",".join(each for each in filters.topics if each != topic)
                yield name, title, topics.title(topic), replace(filters, topic=others)
        elif value := filters.query.get(name):
            value = guides.get(value, value) if name == "guide" else value
            day = {"since": filters.first_day, "until": filters.last_day}.get(name)
            shown = dates.short_day(day) if day else display_names.filter_value(name, value)
            yield name, title, shown, replace(filters, **{name: ""})


def list_url(filters: Filters) -> str:
    """Return the address of the list with these filters."""
    return _url(filters.query)


def place_query(request: StaffRequest) -> str:
    """Return the query that says which list a page stands beside: its filters and where it begins."""
    return _encoded_place(request.query)


def place_url(request: StaffRequest, conversation_id: str = "") -> str:
    """Return the address of the list that the page stands beside, with this conversation open."""
    return _place_url(request.query, conversation_id)


async def conversation_of(request: StaffRequest, conversation_id: str = "") -> Conversation:
    """Return a conversation, by default that of the path; raises PageError (404) if it does not exist."""
    wanted = conversation_id or request.path_param("conversation")
    conversation = await request.service.store.read(find_conversation, wanted)
    if conversation is None:
        raise PageError(_(CONVERSATION_NOT_FOUND), 404)
    return conversation


def _snippets(hits: Sequence[Hit], words: str) -> list[tuple[str, Snippet]]:
    """Return the best matches in a conversation, each with its author."""
    return [
        (display_names.AUTHORS.get(hit.author, hit.author), snippet(hit.text, words)) for hit in hits[:MAX_SNIPPETS]
    ]


def _place_url(fields: Mapping[str, str], conversation_id: str) -> str:
    query = _encoded_place(fields)
    path = f"{PATH}/{quote(conversation_id, safe='')}" if conversation_id else PATH
    return f"{path}?{query}" if query else path


def _encoded_place(fields: Mapping[str, str]) -> str:
    return _encoded(filters_from(fields).query, fields.get("from", ""))


def _url(query: Mapping[str, str], cursor: str = "") -> str:
    encoded = _encoded(query, cursor)
    return f"{PATH}?{encoded}" if encoded else PATH


def _encoded(query: Mapping[str, str], cursor: str) -> str:
    given = {name: value for name, value in {**query, "from": cursor}.items() if value}
    return urlencode(given, safe="/*,")
