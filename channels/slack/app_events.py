"""Events about the app itself, each of which staff must see to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.slack.api.payloads import part_at, text_at
from conversations.handoff.alerts import SLACK_LIMITED, SLACK_REVOKED, SLACK_UNINSTALLED

KINDS = {
    "app_rate_limited": SLACK_LIMITED,
    "tokens_revoked": SLACK_REVOKED,
    "app_uninstalled": SLACK_UNINSTALLED,
}


def alert_kind(body: Mapping[str, Any]) -> str:
    """Return the kind of alert that a call is a reason for; empty if it is none.

    That it drops calls (`app_rate_limited`), Slack says without an event.
    """
    event = part_at(body, "event")
    return KINDS.get(text_at(event, "type") or text_at(body, "type"), "")
