"""Slack's answers, read for what they say and not for their form: what Slack has taken is taken, however it says so."""

from __future__ import annotations

import json
import re
from typing import Any

import aiohttp

UNREADABLE = "unreadable_answer"  # our name for an answer that is none of Slack's
# Quotes within texts are escaped, so that this can only be a key.
TAKEN, NOT_TAKEN = re.compile(r'"ok"\s*:\s*true\b'), re.compile(r'"ok"\s*:\s*false\b')


class Answer(aiohttp.ClientResponse):
    """An answer that is always JSON to slack-sdk, which else raises what cannot be told from a refusal."""

    @property
    def content_type(self) -> str:
        return "application/json"

    async def json(self, **_: Any) -> dict[str, Any]:
        return answer_in((await self.read()).decode("utf-8-sig", "replace"), self.status)


def answer_in(body: str, status: int) -> dict[str, Any]:
    """What Slack said; where that cannot be read, at least whether it has taken the call."""
    try:
        found = json.loads(body)
        if isinstance(found, dict):
            return found
    except (ValueError, RecursionError):
        if status == 200 and TAKEN.search(body) and not NOT_TAKEN.search(body):
            return {"ok": True}
    return {"ok": False, "error": UNREADABLE}
