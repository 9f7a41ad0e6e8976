"""Reading Slack's responses leniently: what Slack has taken counts as taken, in whatever form it says so."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp

UNREADABLE = "unreadable_answer"  # our name for an answer that is none of Slack's
# Quotes within texts are escaped, so that this can only be a key.
TAKEN, NOT_TAKEN = re.compile(r'"ok"\s*:\s*true\b'), re.compile(r'"ok"\s*:\s*false\b')


class Answer(aiohttp.ClientResponse):
    """A response that is always JSON to slack-sdk, which otherwise raises an error that looks like a refusal."""

    @property
    def content_type(self) -> str:
        """Return the type of JSON, whatever Slack declared."""
        return "application/json"

    async def json(self, **_: Any) -> dict[str, Any]:
        """Return the body as an object, even if it is not JSON."""
        return answer_in((await self.read()).decode("utf-8-sig", "replace"), self.status)


def answer_in(body: str, status: int) -> dict[str, Any]:
    """Return the parsed body; if it cannot be parsed, an object that says at least if Slack took the call."""
    try:
        answer = json.loads(body)
        if isinstance(answer, dict):
            return answer
    except (ValueError, RecursionError):
        if status == 200 and TAKEN.search(body) and not NOT_TAKEN.search(body):
            return {"ok": True}
    return {"ok": False, "error": UNREADABLE}
