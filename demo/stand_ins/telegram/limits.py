"""What the Bot API documents as allowed, and the words in which it refuses the rest."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

LONGEST_TEXT, LONGEST_NOTICE, LONGEST_DATA, MOST_BUTTONS = 4096, 200, 64, 100
TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
}
TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9-]*)(?P<rest>[^<>]*)>"
    r"|(?P<entity>&(?:lt|gt|amp|quot|#\d+|#[xX][0-9a-fA-F]+);)"
    r"|(?P<bad>[<>&])"
    r"|(?P<text>[^<>&]+)"
)
HREF = re.compile(r'\s+href="([^"]*)"')
DOES_SOMETHING = {"callback_data", "url", "web_app", "login_url", "switch_inline_query", "copy_text", "pay"}
COMMAND = re.compile(r"[a-z0-9_]{1,32}")


class Refusal(Exception):
    """An answer with `ok` false; `more` are its response parameters."""

    def __init__(self, code: int, what: str, **more: Any) -> None:
        super().__init__(what)
        self.code, self.more = code, more

    def body(self) -> dict[str, Any]:
        """Return the JSON of the answer."""
        body = {"ok": False, "error_code": self.code, "description": str(self)}
        return {**body, "parameters": self.more} if self.more else body


def bad(what: str, **more: Any) -> Refusal:
    """Return the refusal of a bad request."""
    return Refusal(400, f"Bad Request: {what}", **more)


def units(text: str) -> int:
    """Return the length of a text in UTF-16 code units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_of(params: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """Return the (text, entities) of a message to be sent, its markup read; a Refusal if it may not be sent."""
    raw = str(params.get("text") or "")
    mode = params.get("parse_mode")
    if mode not in (None, "", "HTML"):
        raise bad("this stand-in reads HTML only")
    text, entities = read_html(raw) if mode else (raw, [])
    if not text.strip():
        raise bad("message text is empty")
    if units(text) > LONGEST_TEXT:
        raise bad("message is too long")
    return text, entities


def read_html(raw: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the (text, entities) of Telegram's HTML.

    Raises a Refusal unless every `<`, `>` and `&` belongs to a tag or an entity that Telegram knows, and every tag is
    closed in turn.
    """
    text = ""
    entities: list[dict[str, Any]] = []
    open_tags: list[tuple[str, str, str, int]] = []  # tag, kind of entity, address, where it begins
    for token in TOKEN.finditer(raw):
        if token["bad"]:
            raise _unreadable(f'character "{token["bad"]}" must be escaped', raw, token)
        if token["text"] or token["entity"]:
            text += token["text"] or unescape(token["entity"])
        elif token["end"]:
            if not open_tags or open_tags[-1][0] != token["tag"].lower():
                raise _unreadable(f'unexpected end tag "{token["tag"]}"', raw, token)
            _, kind, url, start = open_tags.pop()
            entities += _entity(kind, url, start, text)
        else:
            open_tags.append((token["tag"].lower(), *_opened(raw, token), units(text)))
    if open_tags:
        raise bad(f"can't parse entities: can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return text, sorted(entities, key=lambda entity: entity["offset"])


def _opened(raw: str, token: re.Match[str]) -> tuple[str, str]:
    """Return the (kind of entity, address) of a tag that opens."""
    tag, rest = token["tag"].lower(), token["rest"]
    if tag not in TAGS or rest and tag != "a":
        raise _unreadable(f'unsupported start tag "{tag}"', raw, token)
    href = HREF.fullmatch(rest) if tag == "a" else None
    if tag == "a" and not href:
        raise _unreadable("a link needs its address", raw, token)
    return TAGS[tag], unescape(href[1]) if href else ""


def _entity(kind: str, url: str, start: int, text: str) -> list[dict[str, Any]]:
    length = units(text) - start
    return [{"type": kind, "offset": start, "length": length, **({"url": url} if url else {})}] if length else []


def _unreadable(what: str, raw: str, token: re.Match[str]) -> Refusal:
    return bad(f"can't parse entities: {what} at byte offset {len(raw[: token.start()].encode())}")


def keyboard_of(params: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the rows of a message's inline keyboard, or [] if it has no keyboard."""
    raw = params.get("reply_markup")
    if not raw:
        return []
    try:
        rows: list[list[dict[str, Any]]] = (json.loads(raw) if isinstance(raw, str) else raw)["inline_keyboard"]
        buttons = [button for row in rows for button in row]
    except (ValueError, KeyError, TypeError):
        raise bad("can't parse reply keyboard markup JSON object") from None
    if len(buttons) > MOST_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    for button in buttons:
        _check_button(button)
    return rows


def _check_button(button: dict[str, Any]) -> None:
    if not str(button.get("text") or "").strip():
        raise bad('can\'t parse inline keyboard button: field "text" must not be empty')
    if len(DOES_SOMETHING & set(button)) != 1:
        raise bad("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")


def commands_of(params: dict[str, Any]) -> list[dict[str, str]]:
    """Return the bot's commands that are to be set; a Refusal if one of them may not be."""
    given = params.get("commands") or []
    commands: list[dict[str, str]] = json.loads(given) if isinstance(given, str) else given
    for command in commands:
        if not COMMAND.fullmatch(command["command"]) or not 1 <= len(command["description"]) <= 256:
            raise bad("BOT_COMMAND_INVALID")
    return commands
