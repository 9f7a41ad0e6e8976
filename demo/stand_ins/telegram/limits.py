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
        found = {"ok": False, "error_code": self.code, "description": str(self)}
        return {**found, "parameters": self.more} if self.more else found


def bad(what: str, **more: Any) -> Refusal:
    return Refusal(400, f"Bad Request: {what}", **more)


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_of(params: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """(text, entities) of a message to be sent, after its markup is read."""
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
    """Every `<`, `>` and `&` must belong to a tag or an entity that Telegram knows, and every tag be closed in turn."""
    text, entities, open_tags = "", [], []
    for found in TOKEN.finditer(raw):
        if found["bad"]:
            raise _unreadable(f'character "{found["bad"]}" must be escaped', raw, found)
        if found["text"] or found["entity"]:
            text += found["text"] or unescape(found["entity"])
        elif found["end"]:
            if not open_tags or open_tags[-1][0] != found["tag"].lower():
                raise _unreadable(f'unexpected end tag "{found["tag"]}"', raw, found)
            entities += _entity(*open_tags.pop()[1:], text)
        else:
            open_tags.append((found["tag"].lower(), *_opened(raw, found), units(text)))
    if open_tags:
        raise bad(f"can't parse entities: can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return text, sorted(entities, key=lambda one: one["offset"])


def _opened(raw: str, found: re.Match) -> tuple[str, str]:
    tag, rest = found["tag"].lower(), found["rest"]
    if tag not in TAGS or rest and tag != "a":
        raise _unreadable(f'unsupported start tag "{tag}"', raw, found)
    href = HREF.fullmatch(rest) if tag == "a" else None
    if tag == "a" and not href:
        raise _unreadable("a link needs its address", raw, found)
    return TAGS[tag], unescape(href[1]) if href else ""


def _entity(kind: str, url: str, start: int, text: str) -> list[dict[str, Any]]:
    length = units(text) - start
    return [{"type": kind, "offset": start, "length": length, **({"url": url} if url else {})}] if length else []


def _unreadable(what: str, raw: str, found: re.Match) -> Refusal:
    return bad(f"can't parse entities: {what} at byte offset {len(raw[: found.start()].encode())}")


def keyboard_of(params: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows of an inline keyboard; empty where there is none."""
    raw = params.get("reply_markup")
    if not raw:
        return []
    try:
        rows = (json.loads(raw) if isinstance(raw, str) else raw)["inline_keyboard"]
        buttons = [one for row in rows for one in row]
    except (ValueError, KeyError, TypeError):
        raise bad("can't parse reply keyboard markup JSON object") from None
    if len(buttons) > MOST_BUTTONS:
        raise bad("REPLY_MARKUP_TOO_LONG")
    for one in buttons:
        _check_button(one)
    return rows


def _check_button(button: dict[str, Any]) -> None:
    if not str(button.get("text") or "").strip():
        raise bad('can\'t parse inline keyboard button: field "text" must not be empty')
    if len(DOES_SOMETHING & set(button)) != 1:
        raise bad("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")


def commands_of(params: dict[str, Any]) -> list[dict[str, str]]:
    found = json.loads(params["commands"]) if isinstance(params.get("commands"), str) else params.get("commands") or []
    for one in found:
        if not COMMAND.fullmatch(one["command"]) or not 1 <= len(one["description"]) <= 256:
            raise bad("BOT_COMMAND_INVALID")
    return found
