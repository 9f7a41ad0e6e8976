"""The widget's API, by POST: settings, a session, messages, the event stream, and actions on a conversation.

The session token stands in the Authorization header, never in a URL. Nothing is taken from a visitor who has not agreed to the
site's present notice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from channels.data_download import data_file
from channels.http import RateLimits, Refused, address_of, compressed, json_object, number_in, text_in
from channels.web import NAME
from channels.web.access_guard import SiteGuard, Visitor, VisitorGuard, WebRules, gone
from channels.web.serializers import (
    LONGEST_CLIENT_ID,
    external_id,
    serialize_settings,
    serialize_state,
    transcript_text,
    zone_of,
)
from channels.web.session_tokens import DAY
from channels.web.sites import Site
from channels.web.sse import EventStreams, read_history
from channels.web.translations import Translations
from conversations.data_rights import consent, data_export
from conversations.data_rights.visitor_identities import record_identity
from conversations.db.schema import now
from conversations.handoff import contact_requests
from conversations.handoff.states import HandoffRefused
from conversations.learning import feedback
from conversations.models import VISITOR, Inbound, Reply
from conversations.pipeline import message_store
from conversations.pipeline.events import MESSAGES, Event
from conversations.pipeline.service import ConversationService

LONGEST_PAGE, LONGEST_NAME, LONGEST_CONTACT, LONGEST_NOTE, LONGEST_TOKEN, LONGEST_ZONE = 500, 120, 255, 2000, 24, 60
LONGEST_IDENTITY = 4000
RENEW_AFTER = DAY  # an older token is replaced by a fresh one when the stream opens
CONTACTS_A_MINUTE, TYPING_A_MINUTE = 5, 60
THUMBS = (feedback.UP, feedback.DOWN, feedback.NONE)


class WidgetApi:
    """The calls that a widget may make."""

    def __init__(
        self,
        service: ConversationService,
        sites: SiteGuard,
        visitors: VisitorGuard,
        strings: Translations,
        rules: WebRules,
        rates: RateLimits,
        streams: EventStreams,
    ) -> None:
        self._service, self._sites, self._visitors, self._strings = service, sites, visitors, strings
        self._rules, self._rates, self._streams = rules, rates, streams

    @property
    def routes(self) -> list[Route]:
        """Return the routes of all calls."""
        calls = {
            "settings": self.settings,
            "session": self.session,
            "consent": self.consent,
            "messages": self.say,
            "history": self.history,
            "stream": self.stream,
            "typing": self.typing,
            "feedback": self.feedback,
            "person": self.person,
            "contact": self.contact,
            "transcript": self.transcript,
            "restart": self.restart,
            "identify": self.identify,
            "data": self.data,
            "forget": self.forget,
        }
        return [route for path, handler in calls.items() for route in self._sites.routes(path, handler)]

    # --- before a conversation ------------------------------------------------------------------------------------
    async def settings(self, request: Request, site: Site) -> Response:
        """Get a site's settings for its widget.

        description: Words, colours, the notice and office hours. Needs no session and makes none.
        requestBody: {content: {application/json: {schema: {properties: {language: {type: string}}}}}}
        responses:
          200: {description: "site, language, direction, accent, consent, words, office and more"}
          403: {description: The page's origin is not on the site's list}
          404: {description: There is no such site}
        """
        body = await json_object(request)
        language = site.language(text_in(body, "language", longest=35))
        words = self._service.system_messages.for_pack(site.pack)
        settings = serialize_settings(
            site, language, self._strings, words.team, words.longest, now(), self._rules.has_guide_pages
        )
        return compressed(request, JSONResponse(settings))

    async def session(self, request: Request, site: Site) -> Response:
        """Begin a conversation.

        description: With the version of the notice that the visitor agreed to; without it nothing can be said yet.
        requestBody:
          content:
            application/json:
              schema:
                properties:
                  consent: {type: string, description: The notice's version}
                  page: {type: string, maxLength: 500}
                  language: {type: string}
        responses:
          201: {description: "`token`, to be sent as `Authorization: Bearer TOKEN` from now on"}
          409: {description: "The notice has changed; `consent` is its version now"}
          429: {description: Too many new conversations from this address}
        """
        body = await json_object(request)
        await self._rates.require(self._rules.sessions_per_address, NAME, "sessions", address_of(request))
        session = self._visitors.tokens.new(site.name)
        inbound = Inbound(
            NAME,
            session.address,
            site=site.name,
            pack=site.pack,
            page=text_in(body, "page", longest=LONGEST_PAGE),
            language=site.language(text_in(body, "language", longest=35)),
        )
        version = _version(body, site, required=False)
        await self._visitors.begin(inbound, version)
        return JSONResponse({"token": self._visitors.tokens.token(session)}, 201)

    async def consent(self, request: Request, site: Site) -> Response:
        """Agree to the present notice.

        requestBody:
          content: {application/json: {schema: {required: [consent], properties: {consent: {type: string}}}}}
        responses:
          200: {description: It is recorded}
          401: {description: The session is over}
          409: {description: "This is not the present version; `consent` is"}
        """
        visitor, body = await self._visitors.require_session(request, site), await json_object(request)
        version = _version(body, site, required=True)
        await self._service.store.write(consent.record_consent, visitor.conversation.id, version)
        return JSONResponse({"agreed": version})

    # --- what is said ---------------------------------------------------------------------------------------------
    async def say(self, request: Request, site: Site) -> Response:
        """Say something, or press a button.

        description: The answer comes on the stream. The same `id` twice is one message.
        requestBody:
          content:
            application/json:
              schema:
                required: [id]
                properties:
                  id: {type: string, maxLength: 64, description: The client's own id of the message}
                  text: {type: string}
                  button: {type: string, description: A button's token instead of a text}
                  page: {type: string}
        responses:
          202: {description: "It is written and cannot be lost: `message` is its id"}
          400: {description: "The body is not right; `error` says why"}
          401: {description: The session is over}
          403: {description: The visitor has not agreed to the present notice}
          410: {description: The conversation was deleted}
          429: {description: Too many messages in a minute}
        """
        visitor, body = await self._visitors.require_consent(request, site), await json_object(request)
        inbound = await self._inbound(visitor, body)
        await self._rates.require(self._rules.per_address, NAME, "messages", address_of(request))
        await self._rates.require(self._rules.per_conversation, NAME, visitor.conversation.id)
        accepted = await self._service.receive(inbound, source=address_of(request))
        if accepted.conversation_id != visitor.conversation.id:  # deleted at the same moment: nothing may remain
            await self._service.erase(accepted.conversation_id, VISITOR)
            raise gone()
        return JSONResponse({"message": accepted.message_id, "again": accepted.again}, 202)

    async def stream(self, request: Request, site: Site) -> Response:
        """Follow the conversation as server-sent events.

        description: >-
          Events: `message` (with an id), `state`, `typing`, `session` (a fresh token), `gone` (deleted).
          A client that comes back says the last id that it knows.
        requestBody: {content: {application/json: {schema: {properties: {after: {type: integer}}}}}}
        responses:
          200: {description: Events, content: {text/event-stream: {schema: {type: string}}}}
          401: {description: The session is over}
          410: {description: The conversation was deleted}
          503: {description: Too many streams are open; `Retry-After` says when to come back}
        """
        visitor, body = await self._visitors.require_session(request, site), await json_object(request)
        fresh = self._visitors.tokens.token(visitor.session) if visitor.session.age > RENEW_AFTER else None
        return self._streams.answer(site, visitor.conversation, number_in(body, "after"), fresh)

    async def history(self, request: Request, site: Site) -> Response:
        """Get the last messages and the state.

        responses:
          200: {description: "`messages` (200 at most), `state`, `person`, `office`, `consented`"}
          401: {description: The session is over}
          410: {description: The conversation was deleted}
        """
        visitor = await self._visitors.require_session(request, site)
        history = await self._service.store.read(read_history, site, visitor.conversation)
        return JSONResponse({**history, "consented": visitor.agreed})

    async def typing(self, request: Request, site: Site) -> Response:
        """Show staff that the visitor is typing.

        requestBody: {content: {application/json: {schema: {properties: {on: {type: boolean}}}}}}
        responses: {200: {description: It is shown}, 401: {description: The session is over}}
        """
        visitor, body = await self._visitors.require_consent(request, site), await json_object(request)
        await self._rates.require(TYPING_A_MINUTE, NAME, "typing", visitor.conversation.id)
        self._service.publish_typing(visitor.conversation.id, VISITOR, body.get("on") is not False)
        return JSONResponse({"shown": True})

    # --- beside what is said --------------------------------------------------------------------------------------
    async def feedback(self, request: Request, site: Site) -> Response:
        """Give an answer a thumb up or down.

        requestBody:
          content:
            application/json:
              schema:
                required: [message, value]
                properties:
                  message: {type: integer}
                  value: {type: integer, enum: [1, -1, 0], description: 0 takes it back}
                  comment: {type: string, maxLength: 2000}
        responses:
          200: {description: It is stored with the answer}
          404: {description: There is no such answer in this conversation}
        """
        visitor, body = await self._visitors.require_consent(request, site), await json_object(request)
        message, value = number_in(body, "message"), body.get("value")
        if isinstance(value, bool) or value not in THUMBS:
            raise Refused("value must be 1, -1 or 0")
        comment = text_in(body, "comment", longest=LONGEST_NOTE)
        if not await self._service.store.read(message_store.find_reply, visitor.conversation.id, message):
            raise Refused("there is no such answer in this conversation", 404)
        await self._service.store.write(feedback.record_feedback, visitor.conversation.id, message, value, comment)
        return JSONResponse({"value": value})

    async def person(self, request: Request, site: Site) -> Response:
        """Ask for a person.

        description: Staff are told. The advisor goes on answering until somebody joins.
        responses: {200: {description: "The conversation's `state`"}, 403: {description: No consent yet}}
        """
        visitor = await self._visitors.require_consent(request, site)
        try:
            conversation = await self._service.handoff.request_person(visitor.conversation.id)
        except HandoffRefused:
            raise gone() from None
        return JSONResponse(serialize_state(site, conversation, now()))

    async def contact(self, request: Request, site: Site) -> Response:
        """Say how to be reached, when nobody is there.

        requestBody:
          content:
            application/json:
              schema:
                required: [contact]
                properties:
                  contact: {type: string, maxLength: 255, description: E-mail address or phone number}
                  name: {type: string, maxLength: 120}
                  text: {type: string, maxLength: 2000}
        responses: {201: {description: It is stored and staff are told}, 429: {description: Too many in a minute}}
        """
        visitor, body = await self._visitors.require_consent(request, site), await json_object(request)
        contact = text_in(body, "contact", required=True, longest=LONGEST_CONTACT).strip()
        name = text_in(body, "name", longest=LONGEST_NAME).strip()
        text = text_in(body, "text", longest=LONGEST_NOTE).strip()
        await self._rates.require(CONTACTS_A_MINUTE, NAME, "contact", visitor.conversation.id)
        thanks = self._service.system_messages.for_pack(visitor.conversation.pack).contact_taken()
        await self._service.store.write(_leave_contact, visitor.conversation.id, contact, name, text, thanks)
        self._service.events.publish(Event(MESSAGES, visitor.conversation.id))
        return JSONResponse({"stored": True}, 201)

    async def identify(self, request: Request, site: Site) -> Response:
        """Say who is signed in to the page.

        description: By a token (JWT, HS256, the site's key) of the page's server, with `sub`, `exp`, `name`, `email`.
        requestBody:
          content: {application/json: {schema: {required: [identity], properties: {identity: {type: string, maxLength: 4000}}}}}
        responses:
          200: {description: Staff see it}
          400: {description: The token does not prove it; `error` says why}
          403: {description: No consent yet}
          409: {description: The conversation is somebody else's; begin a new one}
        """
        visitor, body = await self._visitors.require_consent(request, site), await json_object(request)
        token = text_in(body, "identity", required=True, longest=LONGEST_IDENTITY)
        identity = self._visitors.identity(token, site)
        if not await self._service.store.write(record_identity, visitor.conversation.id, site.name, identity):
            raise Refused("this conversation is somebody else's", 409)
        return JSONResponse({"name": identity.name})

    async def transcript(self, request: Request, site: Site) -> Response:
        """Get the whole conversation as text.

        requestBody:
          content:
            application/json:
              schema: {properties: {zone: {type: string, description: "Of its times, as Europe/Dublin; else UTC"}}}
        responses:
          200: {description: text/plain, content: {text/plain: {}}}
          401: {description: The session is over}
        """
        visitor, body = await self._visitors.require_session(request, site), await json_object(request)
        language = site.language(visitor.conversation.language)
        words = self._strings.table(language, site.texts.get(language, {}), site.pack)
        messages = await self._service.store.read(message_store.all_messages, visitor.conversation.id)
        zone = zone_of(text_in(body, "zone", longest=LONGEST_ZONE))
        return PlainTextResponse(transcript_text(messages, words, zone))

    async def data(self, request: Request, site: Site) -> Response:
        """Download all that is stored about the conversation, as JSON.

        responses: {200: {description: A file of JSON}, 401: {description: The session is over}}
        """
        visitor = await self._visitors.require_session(request, site)
        return data_file(await self._service.store.write(data_export.export_for_person, [visitor.conversation.id]))

    async def restart(self, request: Request, site: Site) -> Response:
        """Begin a new conversation.

        description: >-
          The old one is shown no more, and its token is over. What the visitor agreed to holds for the new one. A
          person who was asked for is no longer waited for.
        responses: {201: {description: "`token` of the new conversation"}, 401: {description: The session is over}}
        """
        visitor = await self._visitors.require_session(request, site)
        await self._rates.require(self._rules.sessions_per_address, NAME, "sessions", address_of(request))
        old, session = visitor.conversation, self._visitors.tokens.new(site.name)
        inbound = Inbound(NAME, session.address, site=site.name, page=old.page, language=old.language, pack=site.pack)
        await self._visitors.begin_anew(old, inbound, site.consent_version if visitor.agreed else "")
        await self._service.handoff.abandon(old.id)
        return JSONResponse({"token": self._visitors.tokens.token(session)}, 201)

    async def forget(self, request: Request, site: Site) -> Response:
        """Delete the conversation everywhere.

        responses: {200: {description: It is gone}, 401: {description: The session is over}, 410: {description: It was gone}}
        """
        visitor = await self._visitors.require_session(request, site)
        await self._service.erase(visitor.conversation.id, VISITOR)
        return JSONResponse({"deleted": True})

    async def _inbound(self, visitor: Visitor, body: dict[str, Any]) -> Inbound:
        client_id = text_in(body, "id", required=True, longest=LONGEST_CLIENT_ID)
        if "/" in client_id:
            raise Refused("id must hold no slash")
        inbound = Inbound(
            NAME,
            visitor.session.address,
            external_id=external_id(visitor.session.address, client_id),
            site=visitor.session.site,
            page=text_in(body, "page", longest=LONGEST_PAGE),
        )
        if body.get("button") is None:
            return replace(inbound, text=text_in(body, "text", required=True))
        token = text_in(body, "button", required=True, longest=LONGEST_TOKEN)
        button = await self._service.store.read(message_store.button_by_token, visitor.conversation.id, token)
        if button is None:
            raise Refused("button must be one that was sent in this conversation")
        return replace(inbound, text=button.title, payload=button.payload)


def _version(body: dict[str, Any], site: Site, required: bool) -> str:
    version = text_in(body, "consent", required=required, longest=40)
    if version and version != site.consent_version:
        raise Refused(f"the notice has changed: its version is {site.consent_version} now", 409)
    return version


def _leave_contact(
    connection: Connection, conversation_id: str, contact: str, name: str, text: str, thanks: Reply
) -> None:
    contact_requests.add_contact_request(connection, conversation_id, contact, name, text)
    message_store.add_message(connection, conversation_id, NAME, thanks, delivery=False)
