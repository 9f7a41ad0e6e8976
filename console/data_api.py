"""The data API: conversations, insights, corrections and people's data for the organisation's other programs.

It is served at /api/v1 of the public address. Every call needs a token with the scope that its handler names. The docstrings
of its methods are their OpenAPI descriptions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from channels.http import RateLimits, Refused, address_of, json_object, text_in
from console.api import path_number
from console.web.labels import Labels
from console.web.topic_titles import CatalogueNames, TopicTitles
from conversations.analytics.queries import DateRange, Scope, by_day, totals
from conversations.data_rights import data_export, data_subjects
from conversations.db.mappers import find_message
from conversations.erasure import record_audit
from conversations.input_parsing import day, whole_number
from conversations.integrations import api_tokens
from conversations.integrations.api_tokens import ApiToken
from conversations.learning import corrections
from conversations.learning.corrections import COLLECTED, RELEASED, Correction, CorrectionError, Meaning
from conversations.local_days import today, zone_name
from conversations.models import VISITOR
from conversations.pii import mask
from conversations.pipeline.service import ConversationService
from conversations.review import export
from conversations.review.filters import FilterError, Filters
from conversations.review.listing import list_page
from core.contract.question_forms import FORMS
from core.pack_registry import FIRST

PATH = "/api/v1"
PAGE_SIZE, LARGEST_PAGE = 50, 200
CALLS_A_MINUTE, WRONG_TOKENS_A_MINUTE = 300, 20
DEFAULT_DAYS, LONGEST_DAYS = 30, 366  # of a range of insights
LONGEST_TEXT, LONGEST_NAME, LONGEST_SOUGHT = 2000, 160, 200


class DataApi:
    """The routes of the API; `topics` and `things` are what a correction may name."""

    def __init__(
        self, service: ConversationService, rates: RateLimits, topics: TopicTitles, things: CatalogueNames
    ) -> None:
        self._service, self._rates = service, rates
        self._labels, self._things = Labels(topics.all), things

    @property
    def routes(self) -> list[Route]:
        """Return the routes for Starlette."""
        conversation, correction = f"{PATH}/conversations/{{conversation}}", f"{PATH}/corrections/{{message}}"
        return [
            Route(f"{PATH}/conversations", self.conversations, methods=["GET"]),
            Route(conversation, self.conversation, methods=["GET"]),
            Route(conversation, self.erase, methods=["DELETE"]),
            Route(f"{PATH}/insights", self.insights, methods=["GET"]),
            Route(f"{PATH}/corrections", self.corrections, methods=["GET"]),
            Route(correction, self.correct, methods=["PUT"]),
            Route(correction, self.take_back, methods=["DELETE"]),
            Route(f"{PATH}/people", self.people, methods=["POST"]),
        ]

    async def conversations(self, request: Request) -> JSONResponse:
        """List conversations, the newest first or, with `words`, the best matches first; personal data is covered.

        operationId: listConversations
        description: "Needs the scope conversations:read. `next` is the `cursor` of the next page, empty on the last one."
        parameters:
          - {name: words, in: query, schema: {type: string}, description: Words that stand in one message}
          - {name: channel, in: query, schema: {type: string}}
          - {name: site, in: query, schema: {type: string}}
          - {name: guide, in: query, schema: {type: string}, description: "Of several guide packs, one; first is the first"}
          - {name: since, in: query, schema: {type: string, format: date}, description: First day of the last activity}
          - {name: until, in: query, schema: {type: string, format: date}, description: Last day of the last activity}
          - {name: outcome, in: query, schema: {type: string}, description: "Of one message: answered, declined, failed, ..."}
          - {name: topic, in: query, schema: {type: string}, description: Keys with commas between; part/* is a whole part}
          - {name: tag, in: query, schema: {type: string}}
          - {name: cursor, in: query, schema: {type: string}}
          - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 200, default: 50}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/ConversationPage"}}}
        """
        await self._admit(request, api_tokens.READ_CONVERSATIONS)
        query = dict(request.query_params)
        try:
            filters = Filters.from_query(query)
        except FilterError as error:
            raise Refused(str(error)) from None
        size = _limit(query.get("limit", ""))
        return JSONResponse(await self._service.store.read(_page, filters, query.get("cursor", ""), size))

    async def conversation(self, request: Request) -> JSONResponse:
        """Get a conversation with its messages; personal data is covered.

        operationId: getConversation
        description: Needs the scope conversations:read.
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/CoveredTranscript"}}}
        """
        await self._admit(request, api_tokens.READ_CONVERSATIONS)
        found = await self._service.store.read(_transcript, request.path_params["conversation"])
        if found is None:
            raise Refused("there is no such conversation", 404)
        return JSONResponse(found)

    async def erase(self, request: Request) -> JSONResponse:
        """Delete a conversation everywhere.

        operationId: eraseConversation
        description: Needs the scope conversations:erase. The audit log keeps that it was done, and by which token.
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Deleted"}}}
        """
        token = await self._admit(request, api_tokens.ERASE)
        if not await self._service.erase(request.path_params["conversation"], token.actor):
            raise Refused("there is no such conversation", 404)
        return JSONResponse({"deleted": True})

    async def insights(self, request: Request) -> JSONResponse:
        """Get counts of conversations, messages, outcomes, thumbs and topics, in all and by day.

        operationId: getInsights
        description: Needs the scope insights:read. Without days these are the last 30, today included.
        parameters:
          - {name: since, in: query, schema: {type: string, format: date}}
          - {name: until, in: query, schema: {type: string, format: date}}
          - {name: channel, in: query, schema: {type: string}}
          - {name: site, in: query, schema: {type: string}}
          - {name: guide, in: query, schema: {type: string}, description: "Of several guide packs, one; first is the first"}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Insights"}}}
        """
        await self._admit(request, api_tokens.READ_INSIGHTS)
        query = request.query_params
        scope = Scope(query.get("channel", ""), query.get("site", ""), _pack(query.get("guide", "")))
        return JSONResponse(await self._service.store.read(_insights, _span(query), scope))

    async def corrections(self, request: Request) -> JSONResponse:
        """List corrections: those that no release has learned yet, or with `state=released` the last that one has.

        operationId: listCorrections
        description: Needs the scope corrections:read.
        parameters:
          - {name: state, in: query, schema: {type: string, enum: [collected, released], default: collected}}
          - {name: guide, in: query, schema: {type: string}, description: "Of several guide packs, one; first is the first"}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Correction"}}}}
        """
        await self._admit(request, api_tokens.READ_CORRECTIONS)
        state = request.query_params.get("state", COLLECTED)
        if state not in (COLLECTED, RELEASED):
            raise Refused(f"state must be {COLLECTED} or {RELEASED}")
        pack = _pack(request.query_params.get("guide", ""))
        listed = await self._service.store.read(corrections.list_by_state, state, pack=pack)
        return JSONResponse([_correction(each) for each in listed])

    async def correct(self, request: Request) -> JSONResponse:
        """Note what a visitor's message really meant, in place of an earlier correction.

        operationId: correctMessage
        description: Needs the scope corrections:write. A release learns it, as it does what staff correct.
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Correcting"}}}}
        responses:
          409: {description: Somebody took it back at the same moment}
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Correction"}}}
        """
        token = await self._admit(request, api_tokens.WRITE_CORRECTIONS)
        body = await json_object(request)
        meaning = await asyncio.to_thread(self._meaning, body)
        number = path_number(request, "message")
        message = await self._service.store.read(find_message, number)
        if message is None or message.author != VISITOR:
            raise Refused("there is no visitor's message of this number", 404)
        text = text_in(body, "text", longest=LONGEST_TEXT)
        try:
            await self._service.store.write(corrections.correct, number, text, meaning, token.actor)
        except CorrectionError as error:
            raise Refused(str(error)) from None
        stored = await self._service.store.read(corrections.find, number)
        if stored is None:
            raise Refused("somebody took this correction back at the same moment", 409)
        return JSONResponse(_correction(stored))

    async def take_back(self, request: Request) -> JSONResponse:
        """Take the correction of a message back.

        operationId: takeBackCorrection
        description: Needs the scope corrections:write.
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/Deleted"}}}
        """
        token = await self._admit(request, api_tokens.WRITE_CORRECTIONS)
        number = path_number(request, "message")
        if not await self._service.store.write(_take_back, number, token.actor):
            raise Refused("there is no correction of this message that is not released yet", 404)
        return JSONResponse({"deleted": True})

    async def people(self, request: Request) -> JSONResponse:
        """Get all that is stored about a person, found by a name, an address, a number or an id of theirs.

        operationId: findPerson
        description: >-
          Needs the scope people:read. It is a POST so that what is sought stands in no log; the audit log keeps which
          conversations were read. Nothing is covered.
        requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Seeking"}}}}
        responses:
          200:
            description: As asked
            content: {application/json: {schema: {$ref: "#/components/schemas/PersonData"}}}
        """
        token = await self._admit(request, api_tokens.READ_PEOPLE)
        sought = text_in(await json_object(request), "sought", required=True, longest=LONGEST_SOUGHT)
        found = await self._service.store.read(data_subjects.find_conversations, sought)
        ids = [each.id for each in found]
        stored = await self._service.store.write(data_export.export_for_person, ids, token.actor)
        return JSONResponse({"conversations": stored})

    async def _admit(self, request: Request, scope: str) -> ApiToken:
        """Return the token of a call; Refused with 401 or 403 if it is none, or does not open this."""
        given = request.headers.get("authorization", "")
        token = None
        if given.startswith("Bearer "):
            token = await self._service.store.read(api_tokens.find_token, given.removeprefix("Bearer "))
        if token is None:
            await self._rates.require(WRONG_TOKENS_A_MINUTE, "api", "wrong", address_of(request))
            what = "a token is needed, made in the console: send it as 'Authorization: Bearer TOKEN'"
            raise Refused(what, 401, {"WWW-Authenticate": "Bearer"})
        if scope not in token.scopes:
            raise Refused(f"this token does not open {scope}", 403)
        await self._rates.require(CALLS_A_MINUTE, "api", str(token.id))
        if api_tokens.is_use_due(token):
            await self._service.store.write(api_tokens.record_use, token.id)
        return token

    def _meaning(self, body: Mapping[str, Any]) -> Meaning:
        """Return what a body says that a message means; Refused if it names what there is not."""
        label, thing, words, form = (
            text_in(body, name, longest=LONGEST_NAME) for name in ("label", "thing", "words", "form")
        )
        found = self._labels.find(label) if label else None
        if label and found is None:
            raise Refused(f"there is no topic or intent {label}")
        if thing and thing not in self._things.all():
            raise Refused(f"there is no thing {thing}")
        if form and form not in FORMS:
            raise Refused(f"form must be one of {', '.join(FORMS)}")
        topic, intent = found.pair if found else ("", "")
        return Meaning(topic, intent, thing, words, form)


def _limit(text: str) -> int:
    """Return how many conversations a page has; Refused if it is no number from 1 to LARGEST_PAGE."""
    size = whole_number(text, LARGEST_PAGE) if text else PAGE_SIZE
    if not size:
        raise Refused(f"limit must be a whole number from 1 to {LARGEST_PAGE}")
    return size


def _span(query: Mapping[str, str]) -> DateRange:
    """Return the days that a query asks for; Refused if they are none, or more than LONGEST_DAYS."""
    last = _day(query, "until") or today()
    first = _day(query, "since") or last - timedelta(days=DEFAULT_DAYS - 1)
    if not 0 <= (last - first).days < LONGEST_DAYS:
        raise Refused(f"since must not be after until, and {LONGEST_DAYS} days are the most")
    return DateRange(first, last)


def _day(query: Mapping[str, str], name: str) -> date | None:
    text = query.get(name, "")
    found = day(text) if text else None
    if text and found is None:
        raise Refused(f"{name} must be a day like 2026-11-25")
    return found


def _page(connection: Connection, filters: Filters, cursor: str, size: int) -> dict[str, Any]:
    page = list_page(connection, filters, cursor, size)
    return {"conversations": [export.conversation_row(line, mask) for line in page.lines], "next": page.next_cursor}


def _transcript(connection: Connection, conversation_id: str) -> dict[str, Any] | None:
    rows = export.conversation_rows(connection, [conversation_id], mask)
    return {**rows[0], "transcript": export.message_rows(connection, [conversation_id], mask)} if rows else None


def _pack(guide: str) -> str | None:
    """Return the pack of a `guide` in a query; None, which is all, if it is empty."""
    return ("" if guide == FIRST else guide.replace("\x00", "")) if guide else None


def _insights(connection: Connection, span: DateRange, scope: Scope) -> dict[str, Any]:
    days = by_day(connection, span, scope)
    return {
        "since": f"{span.first}",
        "until": f"{span.last}",
        "time_zone": zone_name(),
        "counts": totals(connection, span, scope).counts,
        "days": [{"day": f"{each}", "counts": of_day.counts} for each, of_day in days.items()],
    }


def _take_back(connection: Connection, message_id: int, by: str) -> bool:
    """Delete the correction of a message and note who did it; return False if it has none that is not released."""
    found = corrections.find(connection, message_id)
    if found is None or found.state != COLLECTED:
        return False
    corrections.undo(connection, [message_id])
    record_audit(connection, by, "took a correction back", found.conversation_id)
    return True


def _correction(correction: Correction) -> dict[str, Any]:
    covered = {"text": mask(correction.text), "words": mask(correction.words)}
    return {**asdict(correction), **covered, "at": correction.at.isoformat()}
