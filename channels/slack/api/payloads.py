"""What all of Slack's calls share: of which installation they are, who we are there, ids in a shape that can be kept.

What is in no shape of Slack's is as good as not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

ID = re.compile(r"[A-Za-z0-9_-]{1,40}")  # of a workspace, a person, a channel
TS = re.compile(r"[0-9]{1,20}\.[0-9]{1,20}")  # of a message: its time
TICKET = re.compile(r"[!-~]{1,160}")  # of a single call
TEAMS = ("team_id", "context_team_id", "enterprise_id", "context_enterprise_id", "team", "user_team", "source_team")


def text_at(found: Mapping[str, Any], key: str) -> str:
    """A text in what Slack sent; empty where there is none, or something else."""
    value = found.get(key)
    return value if isinstance(value, str) else ""


def id_at(found: Mapping[str, Any], key: str) -> str:
    return _shaped(ID, text_at(found, key))


def ts_at(found: Mapping[str, Any], key: str) -> str:
    return _shaped(TS, text_at(found, key))


def ticket_at(found: Mapping[str, Any], key: str) -> str:
    return _shaped(TICKET, text_at(found, key))


def part_at(found: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """An object in what Slack sent; an empty one where there is none, or something else."""
    value = found.get(key)
    return value if isinstance(value, Mapping) else {}


def team_of(body: Mapping[str, Any]) -> str:
    """The installation of ours that a call is of, by which people are known; empty where the call does not say.

    The workspace in which the app is installed, or the organisation where that has installed it as a whole. In a channel that
    another workspace shares (Slack Connect), an event's own `team_id` is that of the other one.
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
    """All workspaces and organisations that a call names, beginning with the one that it is of."""
    return list(dict.fromkeys(one for one in (team_of(body), *_teams(body)) if one))


def us_in(body: Mapping[str, Any]) -> str:
    """Our own id in the workspace of an event; empty where it does not say."""
    return next((id_at(one, "user_id") for one in _authorizations(body) if one.get("is_bot")), "")


def _teams(body: Mapping[str, Any]) -> Iterator[str]:
    event = part_at(body, "event")
    for part in (body, *_authorizations(body), event, part_at(event, "message"), *map(body.get, ("user", "message"))):
        if isinstance(part, Mapping):
            yield from (id_at(part, key) for key in TEAMS)
    yield from (id_at(part_at(body, key), "id") for key in ("team", "enterprise"))


def _authorizations(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = body.get("authorizations")
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def _authorization(body: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(_authorizations(body)), {})


def _is_organisation(part: Mapping[str, Any]) -> bool:
    return part.get("is_enterprise_install") in (True, "true")  # forms have texts alone


def _shaped(shape: re.Pattern, value: str) -> str:
    return value if shape.fullmatch(value) else ""
