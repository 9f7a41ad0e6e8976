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
        """Return the JSON of the answer."""
        body = {"ok": False, "error": self.error}
        return {**body, "response_metadata": {"messages": [f"[ERROR] {self.why}"]}} if self.why else body


def content_of(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the {text, blocks} of a message to be posted; a Refusal if it may not be."""
    text, blocks = str(params.get("text") or ""), blocks_of(params.get("blocks"), MOST_BLOCKS)
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    if len(text) > LONGEST_TEXT:
        raise Refusal("msg_too_long")
    return {"text": text, **({"blocks": blocks} if blocks else {})}


def blocks_of(given: Any, most: int) -> list[dict[str, Any]]:
    """Return blocks, with the ids that Slack gives to those without; a Refusal if they may not be shown."""
    try:
        blocks = json.loads(given) if isinstance(given, str) else given or []
    except ValueError:
        raise Refusal("invalid_blocks_format") from None
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    _require(len(blocks) <= most, f"no more than {most} items allowed [json-pointer:/blocks]")
    for place, block in enumerate(blocks):
        _check(block, f"/blocks/{place}")
    return [{"block_id": f"b{place}", **block} for place, block in enumerate(blocks)]


def words_of(message: Mapping[str, Any]) -> str:
    """Return the text of a message that people read, buttons left out."""
    blocks = message.get("blocks")
    return "\n".join(_texts(blocks)) if blocks else plain(str(message.get("text") or ""))


def plain(mrkdwn: str) -> str:
    """Return mrkdwn as it shows: links as label and address, escapes undone."""

    def shown(match: re.Match[str]) -> str:
        return f"{match[2]} ({match[1]})" if match[2] else match[1]

    return html.unescape(BRACKETS.sub(shown, mrkdwn))


def calls_in(message: Mapping[str, Any]) -> list[str]:
    """Return whom or what a message calls: <!channel>, <@U1>."""
    texts = [each.get("text") for each in _objects(message.get("blocks") or ())]
    return [call for text in [message.get("text"), *texts] for call in CALLS.findall(str(text or ""))]


def _texts(blocks: Any) -> Iterator[str]:
    for each in _objects(blocks):
        yield plain(each["text"]) if each["type"] == "mrkdwn" else each["text"]


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
        for element in elements:
            _check_text(element, where, LONGEST_OBJECT, ("mrkdwn", "plain_text"))
    elif kind == "actions":
        elements = _list(block.get("elements"), MOST_ELEMENTS, where)
        ids = [element.get("action_id") for element in elements]
        _require(len(ids) == len(set(ids)), f"action_id must be unique in its block [json-pointer:{where}]")
        for element in elements:
            _check_button(element, where)
    else:
        _require(kind == "divider", f"unsupported type: {kind} [json-pointer:{where}/type]")


def _check_button(button: dict[str, Any], where: str) -> None:
    _require(button.get("type") == "button", f"this stand-in knows buttons only [json-pointer:{where}]")
    _check_text(button.get("text"), where, LONGEST_TITLE, ("plain_text",))
    _require(0 < len(button.get("action_id") or "x") <= LONGEST_ID, f"action_id is too long [json-pointer:{where}]")
    _require(len(button.get("value") or "") <= LONGEST_VALUE, f"value is too long [json-pointer:{where}]")


def _check_text(given: Any, where: str, longest: int, kinds: tuple[str, ...]) -> None:
    _require(isinstance(given, dict) and given.get("type") in kinds, f"no such text [json-pointer:{where}/text]")
    length = len(given.get("text") or "")
    _require(length > 0, f"must be more than 0 characters [json-pointer:{where}/text]")
    _require(length <= longest, f"must be less than {longest + 1} characters [json-pointer:{where}/text]")


def _list(given: Any, most: int, where: str) -> list[Any]:
    elements = given if isinstance(given, list) else []
    _require(
        0 < len(elements) <= most,
        f"no more than {most} items allowed, and at least one [json-pointer:{where}/elements]",
    )
    return elements


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise Refusal("invalid_blocks", why=why)
