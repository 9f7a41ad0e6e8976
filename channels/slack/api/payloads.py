"""Reading Slack's JSON: the installation that a call belongs to, the bot's own id, and ids in a form that can be stored.

A value that is not in Slack's form counts as absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ID = re.compile(r"[A-Za-z0-9_-]{1,40}")  # of a workspace, a person, a channel
TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")  # of a message: its time
TICKET = re.compile(r"[!-~]{1,160}")  # of a single call
TEAMS = ("team_id", "context_team_id", "enterprise_id", "context_enterprise_id", "team", "user_team", "source_team")


def text_at(body: Any, key: str) -> str:
    """Return a text of an object; empty if it is absent or has another type."""
    value = body.get(key) if isinstance(body, Mapping) else None
    return value if isinstance(value, str) else ""


def id_at(body: Any, key: str) -> str:
    """Return the id of a workspace, person or channel; empty if it is absent or malformed."""
    return _shaped(ID, text_at(body, key))


def ts_at(body: Any, key: str) -> str:
    """Return a message's timestamp, which is its id; empty if it is absent or malformed."""
    return _shaped(TS, text_at(body, key))


def ticket_at(body: Any, key: str) -> str:
    """Return the trigger id of a single call; empty if it is absent or malformed."""
    return _shaped(TICKET, text_at(body, key))


def part_at(body: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return an object within an object; an empty one if it is absent or has another type."""
    value = body.get(key)
    return value if isinstance(value, Mapping) else {}


def team_of(body: Mapping[str, Any]) -> str:
    """Return the installation that a call belongs to, by which people are known; empty if the call does not say.

    That is the workspace in which the app is installed, or the organisation that has installed it as a whole. In a channel
    shared with another workspace (Slack Connect), an event's own `team_id` is that of the other one.
    """
    asked = _authorization(body)
    of_organisation = (
        id_at(asked, "enterprise_id") or id_at(body, "enterprise_id") or id_at(part_at(body, "enterprise"), "id")
    )
    if of_organisation and (_is_organisation(asked) or _is_organisation(body)):
        return of_organisation
    return (
        id_at(asked, "team_id")
        or id_at(part_at(body, "team"), "id")
        or id_at(body, "team_id")
        or id_at(part_at(body, "user"), "team_id")  # where an organisation's press says no team
        or of_organisation
    )


def teams_in(body: Mapping[str, Any]) -> list[str]:
    """Return all workspaces and organisations that a call names, the one it belongs to first."""
    return list(dict.fromkeys(team for team in (team_of(body), *_teams(body)) if team))


def us_in(body: Mapping[str, Any]) -> str:
    """Return the bot's user id in the workspace of an event; empty if the event does not say."""
    return next((id_at(each, "user_id") for each in _authorizations(body) if each.get("is_bot")), "")


def _teams(body: Mapping[str, Any]) -> Iterator[str]:
    event = part_at(body, "event")
    for part in (body, *_authorizations(body), event, part_at(event, "message"), *map(body.get, ("user", "message"))):
        if isinstance(part, Mapping):
            yield from (id_at(part, key) for key in TEAMS)
    yield from (id_at(part_at(body, key), "id") for key in ("team", "enterprise"))


def _authorizations(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    given = body.get("authorizations")
    return [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []


def _authorization(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(_authorizations(body)), {})


def _is_organisation(part: Mapping[str, Any]) -> bool:
    return part.get("is_enterprise_install") in (True, "true")  # forms have texts alone


def _shaped(shape: re.Pattern[str], value: str) -> str:
    return value if shape.fullmatch(value) else ""
