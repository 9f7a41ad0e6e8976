"""What else people do with messages, and what Slack tells of the app: edits, /me, captions, trouble; odd fields in it all."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from channels.slack import WEBHOOK_PATH
from channels.slack.app_events import KINDS
from conversations.db import schema
from demo.stand_ins.slack.limits import words_of
from demo.stand_ins.slack.world import COMMAND, EVENT, PRESS, Call, signed
from tests.front.slack_fixtures import (  # noqa: F401  # fixtures
    apart,
    numbers,
    shared_slack,
    slack,
    wait_for,
    web_api,
)
from tests.harness import PATIENCE

edits = itertools.count(1)
FILE = {"id": "F1", "name": "cv.pdf", "mimetype": "application/pdf", "url_private": "https://files.slack.com/F1"}


def channel() -> str:
    return f"C{next(numbers)}"


def edit(slack, ts: str, text: str, where: str = "", **more) -> Call:
    """Somebody edits their message; the call that tells the app, with all that Slack says then."""
    where = where or slack.dm
    before = dict(slack.world.messages[where][ts])
    now = {**before, "text": text, "edited": {"user": before["user"], "ts": f"1765000000.{next(edits):06d}"}, **more}
    slack.world.messages[where][ts] = now
    event = {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": where,
        "channel_type": "im" if where.startswith("D") else "channel",
        "message": now,
        "previous_message": before,
        "ts": slack.world.ts(),
    }
    return slack.world.event(event)


# --- edits ------------------------------------------------------------------------------------------------------------
def test_edited_message_is_answered_anew(slack) -> None:
    ts = slack.write("which contry?")
    slack.answers(1)
    slack.take(edit(slack, ts, "which country?"))
    slack.answers(2)
    assert slack.seen()[1:] == ["re: which contry?", "re: which country?"]


def test_each_edit_is_answered_once(slack) -> None:
    ts = slack.write("one")
    slack.answers(1)
    first, second = edit(slack, ts, "two"), edit(slack, ts, "three")
    slack.take(first, first, second, first, second)
    slack.answers(3)
    slack.quiet()
    assert slack.seen()[1:] == ["re: one", "re: two", "re: three"]


def test_edit_of_no_words_is_let_go_by(slack) -> None:
    ts = slack.write("see https://a.example")
    slack.answers(1)
    unfolded = edit(slack, ts, "see https://a.example", attachments=[{"title": "A"}])
    unsaid = copy.deepcopy(unfolded.payload)
    del unsaid["event"]["previous_message"]
    pinned = copy.deepcopy(unfolded.payload)
    del pinned["event"]["message"]["edited"]
    slack.take(unfolded, Call(EVENT, unsaid), Call(EVENT, pinned))
    slack.quiet()
    assert len(slack.answers(1)) == 1


def test_edit_in_followed_thread_is_answered(slack) -> None:
    where = channel()
    ts = slack.write(f"{slack.us} hello", where)
    reply = slack.write("and then", where, thread=ts)
    slack.answers(2, where)
    slack.take(edit(slack, reply, "and then?", where))
    assert words_of(slack.answers(3, where, ts)[2]) == "re: and then?"


def test_edit_of_others_is_let_go_by(slack) -> None:
    where = channel()
    ts = slack.write("among ourselves", where)
    slack.take(edit(slack, ts, "among us", where))
    slack.quiet()
    assert slack.world.by_bot(where) == [] and slack.conversation(f"{where}/{ts}") is None


@pytest.mark.parametrize("first", [0, 1])
def test_mention_edited_in_is_answered_once(slack, first) -> None:
    where = channel()
    ts = slack.write("which country?", where)
    changed = edit(slack, ts, f"{slack.us} which country?", where)
    mention = {**changed.payload["event"]["message"], "channel": where, "type": "app_mention"}
    twins = [changed, slack.world.event(mention)]
    slack.take(twins[first], twins[1 - first])
    slack.answers(1, where)
    slack.quiet()
    assert slack.seen(where)[1:] == ["re: which country?"]


@pytest.mark.parametrize("first", [0, 1])
def test_edited_mention_is_answered_once(slack, first) -> None:
    where = channel()
    ts = slack.write(f"{slack.us} which contry?", where)
    slack.answers(1, where)
    changed = edit(slack, ts, f"{slack.us} which country?", where)
    mention = {**changed.payload["event"]["message"], "channel": where, "type": "app_mention"}
    twins = [changed, slack.world.event(mention)]
    slack.take(twins[first], twins[1 - first])
    slack.answers(2, where)
    slack.quiet()
    assert slack.seen(where)[1:] == ["re: which contry?", "re: which country?"]


def test_words_put_to_a_file_are_answered(slack) -> None:
    ts = slack.write("", subtype="file_share", files=[FILE])
    slack.answers(1)
    slack.take(edit(slack, ts, "is my diploma enough?"))
    assert words_of(slack.answers(2)[1]) == "re: is my diploma enough?"


def test_edit_of_unknown_message_is_a_message(slack) -> None:
    """The app was away when it was written, or a retry of what was written comes after the edit."""
    [call] = slack.world.write(slack.dm, slack.person, "which contry?")
    ts = call.payload["event"]["ts"]
    slack.take(edit(slack, ts, "which country?"), call)
    slack.answers(1)
    slack.quiet()
    assert slack.seen()[1:] == ["re: which country?"]


def test_change_of_our_own_message_is_let_go_by(slack) -> None:
    slack.write("hello")
    said = slack.answers(1)[0]
    slack.take(edit(slack, said["ts"], "re: hello, changed"))
    slack.quiet()
    assert len(slack.answers(1)) == 1


def test_staff_see_what_was_edited(slack) -> None:
    ts = slack.write("hello")
    slack.answers(1)
    slack.operate(f"{slack.conversation().id}/take", person="Anna")
    slack.take(edit(slack, ts, "hello Anna"))
    wait_for(lambda: [one.state for one in slack.told() if one.text == "hello Anna"] == ["left"])


# --- words in other forms ---------------------------------------------------------------------------------------------
def test_me_is_answered(slack) -> None:
    slack.write("would like to study in Canada", subtype="me_message")
    assert slack.answer() == "re: would like to study in Canada"


def test_caption_is_answered_in_channel(slack) -> None:
    where = channel()
    ts = slack.write(f"{slack.us} is this enough?", where, subtype="file_share", files=[FILE])
    assert slack.answer(where, ts) == "re: is this enough?"


def test_file_shared_without_subtype_is_answered(slack) -> None:
    slack.write("is this enough?", files=[FILE], upload=True)
    assert slack.answer() == "re: is this enough?"


# --- /advisor among colleagues ------------------------------------------------------------------------------------------
def test_command_to_a_colleague_is_told_where(slack) -> None:
    colleague = f"D{next(numbers)}"
    slack.world.messages[colleague]  # noqa: B018  # of which we know nothing
    assert "direct messages" in slack.command("which country?", colleague)
    assert slack.answer() == "re: which country?" and slack.world.by_bot(colleague) == []


def test_command_to_a_colleague_after_words_with_us(slack) -> None:
    slack.write("hello")
    slack.answers(1)
    asked = slack.world.calls["conversations.open"]
    assert "direct messages" in slack.command("which country?", f"D{next(numbers)}")
    assert slack.command("which fees?") == "", "what they write to us needs no telling"
    assert slack.world.calls["conversations.open"] == asked, "where we talk is known by then"


def test_command_is_taken_while_slack_is_away(slack) -> None:
    slack.world.faults.methods = ("conversations.open",)
    slack.world.faults.next.append("500")
    try:
        assert slack.command("which country?") == ""
    finally:
        slack.world.faults.methods = ("chat.postMessage",)
    assert slack.answer() == "re: which country?"


# --- what befalls the app -------------------------------------------------------------------------------------------------
TOLD = {
    "app_rate_limited": {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1764000000, "token": "x"},
    "tokens_revoked": {
        "type": "event_callback",
        "team_id": "T1",
        "event": {"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": ["U2"]}},
    },
    "app_uninstalled": {"type": "event_callback", "team_id": "T1", "event": {"type": "app_uninstalled"}},
}


def alerts_in(slack) -> list[tuple]:
    return slack.read(lambda connection: [tuple(row) for row in connection.execute(ALERTS)])


ALERTS = select(schema.alert.c.kind, schema.alert.c.conversation_id).order_by(schema.alert.c.id)


@pytest.mark.parametrize("name", TOLD)
def test_trouble_with_the_app_alerts_staff(apart, caplog, name) -> None:
    with apart() as slack:
        for _ in range(5):
            slack.take(Call(EVENT, TOLD[name]))
        assert alerts_in(slack) == [(KINDS[name], None)], "once, however often Slack says it"
        lines = [one for one in caplog.records if "trouble with the app" in one.message]
        assert [one.kind for one in lines] == [KINDS[name]]
        slack.person = f"U{next(numbers)}"
        slack.write("hello")
        assert slack.answer() == "re: hello"


# --- odd fields: with the right signature no body is a failure of ours -------------------------------------------------------
ODD = ["\ud800 a\x00b", "x" * 5000, "%_.*[(/", None, True, -(10**30), ["x"], {"x": ["y"]}]


def shapes(slack) -> dict[str, dict]:
    """One call of each kind, with all that Slack puts in."""
    ts = slack.write("hello")
    said = slack.answers(1)[0]
    world = slack.world
    thumbs = [
        {"type": "actions", "block_id": "b", "elements": [{"type": "button", "action_id": "rate:up:1", "value": "up"}]}
    ]
    message = {**said, "blocks": [*said.get("blocks", []), *thumbs]}
    return {
        "message": world.write(slack.dm, slack.person, f"{slack.us} hello", ts, files=[FILE])[0].payload,
        "mention": world.write(channel(), slack.person, f"{slack.us} hello")[1].payload,
        "edit": edit(slack, ts, "changed").payload,
        "home": world.home_opened(slack.person).payload,
        "revoked": TOLD["tokens_revoked"],
        "press": {
            "type": "block_actions",
            "user": {"id": slack.person, "username": "ana", "team_id": world.team},
            "team": {"id": world.team},
            "enterprise": None,
            "channel": {"id": slack.dm},
            "message": message,
            "actions": [{"type": "button", "action_id": "rate:up:1", "value": "up", "block_id": "b"}],
        },
        "command": world.command(channel(), slack.person, "which country?").payload,
    }


KINDS_OF_CALL = {"press": PRESS, "command": COMMAND}


@pytest.mark.parametrize("kind", ["message", "mention", "edit", "home", "revoked", "press", "command"])
def test_no_odd_field_is_a_failure(slack, kind) -> None:
    whole = shapes(slack)[kind]
    seen = set()
    with httpx.Client(base_url=slack.url, timeout=PATIENCE) as http:
        for path, value in itertools.product(paths_in(whole), ODD):
            changed = copy.deepcopy(whole)
            put(changed, path, value)
            body, form = Call(KINDS_OF_CALL.get(kind, EVENT), changed).request()
            headers = {"Content-Type": form, **signed(slack.world.secret, body)}
            status = http.post(WEBHOOK_PATH, content=body, headers=headers).status_code
            seen.add(status)
            assert status in (200, 400), (path, value)
    assert 200 in seen


def paths_in(value, path: tuple = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the paths of all that is within a body."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*path, key)
        yield from paths_in(one, (*path, key))


def put(body, path, value) -> None:
    for key in path[:-1]:
        body = body[key]
    body[path[-1]] = value


@pytest.mark.parametrize("depth", [50, 200, 900, 5000, 100_000])
@pytest.mark.parametrize(
    "wrapped", ['{"type": "event_callback", "event": {"type": "message", "x": %s}}', "%s", '{"view": %s}']
)
def test_deep_body_is_no_failure(slack, depth, wrapped) -> None:
    deep = "[" * depth + "]" * depth
    assert slack.raw((wrapped % deep).encode()).status_code in (200, 400)
    objects = '{"a":' * depth + "1" + "}" * depth
    assert slack.raw((wrapped % objects).encode()).status_code in (200, 400)


def test_deep_blocks_come_back_to_nobody(slack) -> None:
    slack.write("hello")
    said = slack.answers(1)[0]
    deep = json.loads("[" * 400 + "]" * 400)
    body = {
        "type": "block_actions",
        "user": {"id": slack.person},
        "team": {"id": slack.world.team},
        "channel": {"id": slack.dm},
        "message": {"ts": said["ts"], "blocks": [{"type": "actions", "elements": deep}]},
        "actions": [{"action_id": "choose:x", "value": "x"}],
    }
    assert slack.call(Call(PRESS, body)).status_code == 200
    wait_for(lambda: slack.world.notices[slack.person])
