"""One person is one, however their calls come: by Slack Connect, on Enterprise Grid, by an organisation's own installation."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from conversations.data_rights import data_subjects
from conversations.data_rights.platform_accounts import conversations_of
from conversations.models import Inbound
from conversations.pipeline import inbox
from demo.stand_ins.slack.limits import words_of
from demo.stand_ins.slack.world import COMMAND, EVENT, PRESS, Call
from tests.front.slack_fixtures import (  # noqa: F401  # fixtures
    Slack,
    apart,
    numbers,
    shared_slack,
    slack,
    titles_of,
    wait_for,
    web_api,
)

SOURCE, OURS, ORGANISATION = "T0SOURCE", "T0STANDIN", "E0ORGANISATION"
Change = Callable[[str, dict[str, Any]], dict[str, Any]]


def connect(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return a call about a person of ours in a channel that another workspace shares, whose id stands outside the event."""
    if kind != EVENT or payload["event"].get("channel_type") == "im":
        return payload
    event = {**payload["event"], "team": SOURCE, "user_team": OURS, "source_team": OURS}
    return {**payload, "team_id": SOURCE, "context_team_id": OURS, "is_ext_shared_channel": True, "event": event}


def stranger(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return a call about a person of the other workspace in a channel that we share; presses name their workspace."""
    if kind == EVENT:
        event = {**payload["event"], "team": SOURCE, "user_team": SOURCE, "source_team": SOURCE}
        return {**payload, "context_team_id": OURS, "is_ext_shared_channel": True, "event": event}
    if kind == PRESS:
        return {**payload, "team": {"id": SOURCE, "domain": "theirs"}, "user": {**payload["user"], "team_id": SOURCE}}
    return payload


def grid(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return a call of a workspace of an organisation, in which the app is installed for this workspace alone."""
    if kind == EVENT:
        asked = [{**payload["authorizations"][0], "enterprise_id": ORGANISATION}]
        return {**payload, "enterprise_id": ORGANISATION, "authorizations": asked}
    if kind == PRESS:
        return {**payload, "enterprise": {"id": ORGANISATION, "name": "Organisation"}}
    return {**payload, "enterprise_id": ORGANISATION, "enterprise_name": "Organisation"}


def organisation(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return a call of an organisation that has the app as a whole: presses say no team, the workspace differs each time."""
    somewhere = f"T0W{next(numbers)}"
    if kind == EVENT:
        asked = {"enterprise_id": ORGANISATION, "team_id": None, "is_enterprise_install": True}
        asked = [{**payload["authorizations"][0], **asked}]
        return {**payload, "team_id": somewhere, "enterprise_id": ORGANISATION, "authorizations": asked}
    if kind == PRESS:
        whole = {"team": None, "enterprise": {"id": ORGANISATION, "name": "x"}, "is_enterprise_install": True}
        return {**payload, **whole, "user": {**payload["user"], "team_id": somewhere}}
    return {**payload, "team_id": somewhere, "enterprise_id": ORGANISATION, "is_enterprise_install": "true"}


KINDS: dict[str, Change] = {"connect": connect, "stranger": stranger, "grid": grid, "organisation": organisation}
TEAMS = {"connect": OURS, "stranger": OURS, "grid": OURS, "organisation": ORGANISATION}


@pytest.fixture(params=KINDS)
def odd(request, slack, monkeypatch) -> Slack:
    """Slack with calls as they are for people of that kind; the engine offers a choice."""
    change = KINDS[request.param]
    usual = Slack.call
    monkeypatch.setattr(
        Slack,
        "call",
        lambda self, call, **more: usual(self, replace(call, payload=change(call.kind, call.payload)), **more),
    )
    slack.kind = request.param
    slack.engine.reply = lambda asked: [
        {
            "text": f"re: {asked.get('payload') or asked['text']}",
            "buttons": [{"title": "More", "payload": "/more"}],
            "metadata": {"outcome": "answered"},
        }
    ]
    return slack


def channel() -> str:
    return f"C{next(numbers)}"


def test_addresses_name_the_installation(odd) -> None:
    where = channel()
    ts = odd.write(f"{odd.us} hello", where)
    odd.answers(1, where)
    assert odd.read(inbox.conversation_at, "slack", f"{TEAMS[odd.kind]}.{odd.person}/{where}/{ts}")


def test_buttons_work(odd) -> None:
    where = channel()
    ts = odd.write(f"{odd.us} hello", where)
    odd.press(odd.answers(1, where)[0], "More", where)
    assert words_of(odd.answers(2, where, ts)[1]) == "re: /more"


def test_thumbs_work(odd) -> None:
    where = channel()
    odd.write(f"{odd.us} hello", where)
    said = odd.answers(1, where)[0]
    odd.press(said, "Helpful", where)
    wait_for(lambda: "Helpful" not in titles_of(said))


def test_thread_goes_on(odd) -> None:
    where = channel()
    ts = odd.write(f"{odd.us} hello", where)
    odd.answers(1, where)
    odd.write("and then?", where, thread=ts)
    assert words_of(odd.answers(2, where, ts)[1]) == "re: and then?"
    assert len(theirs(odd)) == 1


def test_everything_is_deleted(odd) -> None:
    where = channel()
    odd.write(f"{odd.us} in the channel", where)
    odd.answers(1, where)
    odd.write("in private")
    odd.answers(1)
    assert len(theirs(odd)) == 2
    odd.command("delete")
    question = odd.answers(2)[1]
    odd.press(question, "Delete everything")
    wait_for(lambda: "has been deleted" in words_of(question))
    assert theirs(odd) == []


def test_everything_is_handed_out(apart, monkeypatch) -> None:
    """Their messages in a channel of another workspace are exported, too."""
    with apart(public_url="https://advisor.example.org") as slack:
        slack.person = f"U{next(numbers)}"
        where = channel()
        for call in slack.world.write(where, slack.person, f"{slack.us} in the channel"):
            slack.take(replace(call, payload=connect(call.kind, call.payload)))
        slack.write("in private")
        slack.answers(1)
        earlier(slack, "filed under the other workspace")
        link = re.search(r"https://\S+", slack.command("data"))[0]
        found = httpx.post(slack.url + link.removeprefix("https://advisor.example.org")).text
        said = [one["text"] for each in json.loads(found)["conversations"] for one in each["messages"]]
        assert {"in the channel", "in private", "filed under the other workspace"} <= set(said)


def theirs(slack: Slack) -> list:
    return slack.read(conversations_of, "slack", f"{slack.world.team}.{slack.person}/")


# --- what an earlier version filed under the workspace that shares the channel ---------------------------------------------
def earlier(slack: Slack, text: str = "hello", person: str = "", team: str = SOURCE) -> str:
    """Store a conversation of a thread as it was kept then; return the thread's place."""
    where, ts = channel(), f"1763000000.{next(numbers)}"
    address = f"{team}.{person or slack.person}/{where}/{ts}"
    slack.world.messages[where][ts] = {"user": slack.person, "ts": ts}
    old = Inbound("slack", address, text, reach={"channel": where, "thread": ts}, external_id=f"{team}:{where}:{ts}")
    slack.read(inbox.accept, old)
    return f"{where}/{ts}"


def test_old_thread_goes_on(slack) -> None:
    where, _, ts = earlier(slack).partition("/")
    [call] = slack.world.write(where, slack.person, "and now?", ts)
    slack.take(replace(call, payload=connect(call.kind, call.payload)))
    wait_for(lambda: [one for one in slack.world.by_bot(where) if words_of(one) == "re: and now?"])
    assert [one.address for one in theirs(slack)] == [f"{SOURCE}.{slack.person}/{where}/{ts}"]


def test_old_conversation_is_deleted(slack) -> None:
    earlier(slack)
    slack.command("delete")
    slack.press(slack.answers(1)[0], "Delete everything")
    wait_for(lambda: theirs(slack) == [])


def test_old_conversation_is_found_by_staff(slack) -> None:
    earlier(slack)
    slack.write("hello")
    number = slack.conversation().id
    assert len(slack.read(data_subjects.find_conversations, number)) == 2


def test_others_are_left_alone(slack) -> None:
    """Whose number only ends, begins or is written like this one's."""
    others = [f"{slack.person}0", f"U{slack.person}", slack.person.lower(), slack.person.replace("U", "_", 1)]
    for other in others:
        earlier(slack, person=other)
        earlier(slack, person=f"x.{slack.person}")
    slack.write("hello")
    slack.command("delete")
    slack.press(slack.answers(2)[1], "Delete everything")
    wait_for(lambda: slack.conversation() is None)
    kept = [slack.read(conversations_of, "slack", f"{SOURCE}.{other}/") for other in others]
    assert [len(one) for one in kept] == [1] * 4


def test_call_without_any_team_is_let_go_by(slack) -> None:
    [call] = slack.world.write(slack.dm, slack.person, "hello")
    bare = {key: call.payload[key] for key in ("type", "event_id")}
    event = {key: value for key, value in call.payload["event"].items() if key != "team"}
    slack.take(Call(EVENT, {**bare, "event": event}))
    assert theirs(slack) == []


def test_command_is_of_the_installation(slack) -> None:
    call = slack.world.command(channel(), slack.person, "which country?")
    slack.take(Call(COMMAND, organisation(COMMAND, call.payload)))
    found = slack.read(inbox.conversation_at, "slack", f"{ORGANISATION}.{slack.person}/dm")
    assert found and slack.answer() == "re: which country?"
