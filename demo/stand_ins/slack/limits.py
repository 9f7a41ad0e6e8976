"""What Slack's reference documents as allowed in messages and views, and the names by which it refuses the rest."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_TEXT, LONGEST_OBJECT, LONGEST_TITLE, LONGEST_ID, LONGEST_VALUE = 40_000, 3000, 75, 255, 2000
MOST_BLOCKS, MOST_HOME_BLOCKS, MOST_ELEMENTS, MOST_IN_CONTEXT = 50, 100, 25, 10
BRACKETS = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
CALLS = re.compile(r"<(?:![^<>]+|@[A-Z0-9]+)>")


class Refusal(Exception):
    """An answer with `ok` false and this error."""

    def __init__(self, error: str, status: int = 200, retry_after: int = 0, why: str = "") -> None:
        super().__init__(error)
        self.error, self.status, self.retry_after, self.why = error, status, retry_after, why

    def body(self) -> dict[str, Any]:
        found = {"ok": False, "error": self.error}
        return {**found, "response_metadata": {"messages": [f"[ERROR] {self.why}"]}} if self.why else found


def content_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """{text, blocks} of a message to be posted."""
    text, blocks = str(params.get("text") or ""), blocks_of(params.get("blocks"), MOST_BLOCKS)
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    if len(text) > LONGEST_TEXT:
        raise Refusal("msg_too_long")
    return {"text": text, **({"blocks": blocks} if blocks else {})}


def blocks_of(given: Any, most: int) -> list[dict[str, Any]]:
    """With the ids that Slack gives to blocks without one."""
    try:
        blocks = json.loads(given) if isinstance(given, str) else given or []
    except ValueError:
        raise Refusal("invalid_blocks_format") from None
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        raise Refusal("invalid_blocks_format")
    _require(len(blocks) <= most, f"no more than {most} items allowed [json-pointer:/blocks]")
    for place, block in enumerate(blocks):
        _check(block, f"/blocks/{place}")
    return [{"block_id": f"b{place}", **block} for place, block in enumerate(blocks)]


def words_of(message: Mapping[str, Any]) -> str:
    """What stands in a message for people to read, buttons left out."""
    blocks = message.get("blocks")
    return "\n".join(_texts(blocks)) if blocks else plain(str(message.get("text") or ""))


def plain(mrkdwn: str) -> str:
    """As it shows: links as label and address, escapes undone."""

    def shown(found: re.Match) -> str:
        return f"{found[2]} ({found[1]})" if found[2] else found[1]

    return html.unescape(BRACKETS.sub(shown, mrkdwn))


def calls_in(message: Mapping[str, Any]) -> list[str]:
    """Who or what a message calls: <!channel>, <@U1>."""
    texts = [one.get("text") for one in _objects(message.get("blocks") or ())]
    return [call for text in [message.get("text"), *texts] for call in CALLS.findall(str(text or ""))]


def _texts(blocks: Any) -> Iterator[str]:
    for one in _objects(blocks):
        yield plain(one["text"]) if one["type"] == "mrkdwn" else one["text"]


def _objects(blocks: Any) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if block["type"] in ("section", "header"):
            yield block["text"]
        elif block["type"] == "context":
            yield from block["elements"]


def _check(block: dict[str, Any], where: str) -> None:
    kind = block.get("type")
    if kind == "section":
        _check_text(block.get("text"), where, LONGEST_OBJECT, ("mrkdwn", "plain_text"))
    elif kind == "context":
        elements = _list(block.get("elements"), MOST_IN_CONTEXT, where)
        for one in elements:
            _check_text(one, where, LONGEST_OBJECT, ("mrkdwn", "plain_text"))
    elif kind == "actions":
        elements = _list(block.get("elements"), MOST_ELEMENTS, where)
        ids = [one.get("action_id") for one in elements]
        _require(len(ids) == len(set(ids)), f"action_id must be unique in its block [json-pointer:{where}]")
        for one in elements:
            _check_button(one, where)
    else:
        _require(kind == "divider", f"unsupported type: {kind} [json-pointer:{where}/type]")


def _check_button(button: dict[str, Any], where: str) -> None:
    _require(button.get("type") == "button", f"this stand-in knows buttons only [json-pointer:{where}]")
    _check_text(button.get("text"), where, LONGEST_TITLE, ("plain_text",))
    _require(0 < len(button.get("action_id") or "x") <= LONGEST_ID, f"action_id is too long [json-pointer:{where}]")
    _require(len(button.get("value") or "") <= LONGEST_VALUE, f"value is too long [json-pointer:{where}]")


def _check_text(found: Any, where: str, longest: int, kinds: tuple[str, ...]) -> None:
    _require(isinstance(found, dict) and found.get("type") in kinds, f"no such text [json-pointer:{where}/text]")
    length = len(found.get("text") or "")
    _require(length > 0, f"must be more than 0 characters [json-pointer:{where}/text]")
    _require(length <= longest, f"must be less than {longest + 1} characters [json-pointer:{where}/text]")


def _list(found: Any, most: int, where: str) -> list[Any]:
    is_right = isinstance(found, list) and 0 < len(found) <= most
    _require(is_right, f"no more than {most} items allowed, and at least one [json-pointer:{where}/elements]")
    return found


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise Refusal("invalid_blocks", why=why)
