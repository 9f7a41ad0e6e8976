"""What the widget gets: settings of its site, messages, the state of a conversation. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from channels.guide_links import guide_path, page_of
from channels.markdown import Line, as_json, lines_of, plain_text, spans_of
from channels.web.sites import Site
from channels.web.translations import Translations, direction_of
from conversations.models import VISITOR, Conversation, Message

LONGEST_CLIENT_ID = 64


def serialize_settings(
    site: Site, language: str, strings: Translations, team: str, longest: int, at: datetime, has_guide: bool = False
) -> dict[str, Any]:
    """Return what a widget must know before a visitor says anything; `guide` is where sources can be read, if anywhere."""
    return {
        "site": site.name,
        "language": language,
        "direction": direction_of(language),
        "accent": site.accent,
        "position": site.position,
        "greet_after": site.greet_after,
        "consent": {"version": site.consent_version, "privacy_url": site.privacy_url},
        "longest": longest,
        "starters": list(site.starters.get(language, ())),
        "words": {"team": team, **strings.table(language, site.texts.get(language, {}), site.pack)},
        "office": serialize_office(site, at),
        **({"logo": site.logo} if site.logo else {}),
        **({"guide": f"{guide_path(site.pack)}/"} if has_guide else {}),
    }


def serialize_office(site: Site, at: datetime) -> dict[str, Any]:
    """Return if the office is open, and when it opens next; without opening hours it always is."""
    if site.hours is None or site.hours.open_at(at):
        return {"open": True, "next": None}
    opening = site.hours.next_opening(at)
    return {"open": False, "next": opening.isoformat() if opening else None}


def serialize_state(site: Site, conversation: Conversation, at: datetime) -> dict[str, Any]:
    """Return the state of a conversation, the name of the person who answers, and the office's state."""
    return {"state": conversation.state, "person": conversation.held_as, "office": serialize_office(site, at)}


def serialize_message(message: Message, thumbs: Mapping[int, int]) -> dict[str, Any]:
    """Return a message as the widget shows it: `said` is its parsed text; buttons have tokens, their payloads stay here."""
    shape: dict[str, Any] = {
        "id": message.id,
        "author": message.author,
        "text": message.text,
        "at": message.at.isoformat(),
    }
    if message.author == VISITOR:
        shape["client_id"] = client_id_of(message)
        return shape
    sources = [source for source in message.sources if source.get("section")]
    more = {
        "name": message.author_name,
        "outcome": message.outcome,
        "answers": message.answers,
        "said": as_json(lines_of(message.text)) if message.text else [],
        "buttons": [{"title": button.title, "token": button.token} for button in message.buttons],
        "cards": [_serialize_card(card) for card in message.cards],
        "sources": [source["section"] for source in sources],
        "pages": [page_of(source, message.topic) for source in sources],
        "thumb": thumbs.get(message.id, 0),
    }
    return {**shape, **{name: value for name, value in more.items() if value}}


def _serialize_card(card: Mapping[str, Any]) -> dict[str, Any]:
    """Return a card with its parsed text in `said` and its parsed lines in `facts`."""
    shape, text = dict(card), str(card.get("text") or "")
    if text:
        shape["said"] = as_json(lines_of(text))
    if lines := [str(line) for line in card.get("lines") or () if line]:
        shape["facts"] = as_json([Line(spans_of(line)) for line in lines])
    return shape


def external_id(address: str, client_id: str) -> str:
    """Return the platform id of a message: the client's own id, made unique over all visitors."""
    return f"{address}/{client_id}"


def client_id_of(message: Message) -> str:
    """Return the client's own id of a message."""
    return (message.external_id or "").rpartition("/")[2]


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of a name; UTC if the name is unknown."""
    try:
        return ZoneInfo(name or "UTC")
    except (OSError, ValueError, KeyError):  # a folder's name, no name at all, no such zone
        return ZoneInfo("UTC")


def transcript_text(messages: list[Message], words: Mapping[str, str], zone: ZoneInfo) -> str:
    """Return a conversation as plain text: who said what, when."""
    names = {VISITOR: words["you"]}
    lines = [words["name"], ""]
    for message in messages:
        who = names.get(message.author) or message.author_name or words["name"]
        text = message.text if message.author == VISITOR else plain_text(message.text)
        lines += [f"{message.at.astimezone(zone):%Y-%m-%d %H:%M %Z}, {who}:", text, *_card_lines(message), ""]
    return "\n".join(lines)


def _card_lines(message: Message) -> list[str]:
    lines = []
    for card in message.cards:
        lines.append(f"- {plain_text(card.get('title', ''))}")
        lines += [f"  {plain_text(line)}" for line in (card.get("text"), *card.get("lines", ())) if line]
        lines += [f"  {card['url']}"] if card.get("url") else []
    return lines
