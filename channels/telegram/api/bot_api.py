"""Calls of the Bot API whose responses are read leniently: what Telegram says it took counts as taken, readable or not.

The library's own methods make objects of each response, and raise if it is newer, older or odder than they know: after Telegram
has taken a message, that would send it again; among fetched updates, it would hold up all later ones.
"""

from __future__ import annotations

import json
import re
import warnings
from typing import Any

from telegram import Bot
from telegram.error import InvalidToken, TelegramError
from telegram.request import HTTPXRequest
from telegram.warnings import PTBUserWarning

# The library would rather have its own methods called.
warnings.filterwarnings("ignore", "Please use 'Bot", category=PTBUserWarning)
TAKEN = re.compile(rb'"ok"\s*:\s*true\b')
UNSAID = object()  # the result of an answer that has none and does not say ok


class Request(HTTPXRequest):
    """The library's HTTP client, with responses read leniently."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Return the response as an object that always has a result, None if it cannot be read.

        Raises TelegramError if the response does not say, in whatever form, that the call was taken.
        """
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
            if not isinstance(answer, dict):
                raise ValueError("no object")
        except (ValueError, RecursionError) as error:
            if TAKEN.search(payload):
                return {"ok": True, "result": None}
            raise TelegramError("Invalid server response") from error
        content = {**answer, "parameters": _parameters(answer.get("parameters"))}
        if answer.get("ok") is not True:
            content["result"] = UNSAID
            content["description"] = str(answer.get("description") or "")
        return {"result": None, **content}


async def call(bot: Bot, method: str, read_timeout: float | None = None, **parameters: Any) -> Any:
    """Call a method of the Bot API by its name; parameters that are None are left out.

    Returns the `result` as parsed JSON, None if it has none that can be read. Raises TelegramError.
    """
    times: dict[str, Any] = {} if read_timeout is None else {"read_timeout": read_timeout}
    try:
        result = await bot.do_api_request(method, parameters, **times)
    except InvalidToken as error:
        raise InvalidToken(str(error)) from None  # no connection broke off: nothing was taken
    if result is UNSAID:  # with a status of 200, as some proxies have it
        raise TelegramError("Invalid server response")
    return result


def _parameters(given: Any) -> dict[str, int]:
    """Return the parameters of an error that have the documented type."""
    entries = given.items() if isinstance(given, dict) else ()
    return {str(name): value for name, value in entries if isinstance(value, int) and not isinstance(value, bool)}
