# ruff: noqa: F811  # fixtures are imported, and named as parameters
"""The stand-in of the Web API is as strict as the documentation; and the manifest creates what the code uses."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import yaml
from slack_sdk.signature import SignatureVerifier

from channels.slack import COMMAND, EVENTS, WEBHOOK_PATH
from core.settings import PROJECT_ROOT
from demo.stand_ins.slack.__main__ import WEBHOOK
from demo.stand_ins.slack.limits import Refusal, calls_in, plain
from demo.stand_ins.slack.world import Rates, World, signed
from tests.front.slack_fixtures import web_api  # noqa: F401  # fixture

DM = "D77"
TEXT = {"type": "mrkdwn", "text": "x"}


def button(**more) -> dict:
    return {"type": "button", "text": {"type": "plain_text", "text": "x"}, "action_id": "a", "value": "v", **more}


def titled(title: str) -> dict:
    return button(text={"type": "plain_text", "text": title})


def actions(*elements: dict) -> dict:
    return {"blocks": [{"type": "actions", "elements": list(elements)}]}


def section(text: str) -> dict:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


REFUSED = {
    "nothing": ({"text": ""}, "no_text"),
    "only space": ({"text": "\n\n\n\n"}, "no_text"),
    "long text": ({"text": "a" * 40_001}, "msg_too_long"),
    "long section": ({"blocks": [section("a" * 3001)]}, "invalid_blocks"),
    "empty section": ({"blocks": [section("")]}, "invalid_blocks"),
    "51 blocks": ({"blocks": [section("x")] * 51}, "invalid_blocks"),
    "26 buttons": (actions(*(button(action_id=str(number)) for number in range(26))), "invalid_blocks"),
    "no buttons": (actions(), "invalid_blocks"),
    "long title": (actions(titled("a" * 76)), "invalid_blocks"),
    "empty title": (actions(titled("")), "invalid_blocks"),
    "title with marks": (actions(button(text=TEXT)), "invalid_blocks"),
    "long action id": (actions(button(action_id="a" * 256)), "invalid_blocks"),
    "long value": (actions(button(value="a" * 2001)), "invalid_blocks"),
    "the same id twice": (actions(button(), button()), "invalid_blocks"),
    "11 in context": ({"blocks": [{"type": "context", "elements": [TEXT] * 11}]}, "invalid_blocks"),
    "unknown block": ({"blocks": [{"type": "carousel"}]}, "invalid_blocks"),
    "broken blocks": ({"blocks": "{"}, "invalid_blocks_format"),
    "unknown channel": ({"channel": "C404"}, "channel_not_found"),
    "unknown thread": ({"thread_ts": "9.9"}, "cannot_reply_to_message"),
}


@pytest.fixture
def call(web_api) -> Callable[..., dict[str, Any]]:
    world, url = web_api
    world.rates.on = False
    world.write(DM, "U77", "hello")

    def ask(method: str, token: str = world.bot_token, **params) -> dict:
        return httpx.post(f"{url}/api/{method}", json=params, headers={"Authorization": f"Bearer {token}"}).json()

    ask.world = world
    return ask


@pytest.mark.parametrize("case", REFUSED)
def test_message_is_refused(call, case) -> None:
    params, why = REFUSED[case]
    answer = call("chat.postMessage", **{"channel": DM, "text": "x", **params})
    assert answer["ok"] is False and answer["error"] == why


@pytest.mark.parametrize(
    "params", [{"text": "a" * 40_000}, {"blocks": [section("a" * 3000)] * 50}, actions(titled("a" * 75))], ids=str
)
def test_message_is_taken(call, params) -> None:
    assert call("chat.postMessage", **{"channel": DM, "text": "x", **params})["ok"]


def test_person_stands_for_their_direct_messages(call) -> None:
    assert call("chat.postMessage", channel="U77", text="x")["channel"] == DM


def test_only_own_messages_are_changed(call) -> None:
    theirs = call.world.said(DM)[0]["ts"]
    ours = call("chat.postMessage", channel=DM, text="x")["ts"]
    assert call("chat.update", channel=DM, ts=theirs, text="y")["error"] == "cant_update_message"
    assert call("chat.update", channel=DM, ts="9.9", text="y")["error"] == "message_not_found"
    assert call("chat.update", channel=DM, ts=ours, text="y")["ok"]


def test_wrong_token_is_refused(call) -> None:
    assert call("auth.test", token="xoxb-wrong")["error"] == "invalid_auth"
    assert call("apps.connections.open")["error"] == "invalid_auth", "that takes the app-level token"


def test_unknown_method_is_refused(call) -> None:
    assert call("chat.sing")["error"] == "unknown_method"


def test_rates_are_per_channel() -> None:
    rates = Rates(burst=2)
    rates.require("D1")
    rates.require("D1")
    rates.require("D2")
    with pytest.raises(Refusal) as refused:
        rates.require("D1")
    assert refused.value.status == 429 and refused.value.retry_after == 1


def test_calls_are_signed_as_documented() -> None:
    """The recipe of Slack's page on verifying requests, and the library's check of it."""
    headers = signed("secret", b"body", at=1_764_000_000)
    wanted = hmac.new(b"secret", b"v0:1764000000:body", hashlib.sha256).hexdigest()
    assert headers == {"X-Slack-Request-Timestamp": "1764000000", "X-Slack-Signature": f"v0={wanted}"}
    assert SignatureVerifier("secret").is_valid_request(b"body", signed("secret", b"body"))


def test_mention_comes_twice_in_channels() -> None:
    world = World()
    twins = world.write("C1", "U1", f"<@{world.bot_user}> hello")
    assert [one.payload["event"]["type"] for one in twins] == ["message", "app_mention"]
    assert len({one.payload["event"]["ts"] for one in twins}) == 1
    assert len({one.payload["event_id"] for one in twins}) == 2
    assert len(world.write("D1", "U1", f"<@{world.bot_user}> hello")) == 1


def test_marks_are_read_as_people_see_them() -> None:
    assert plain("see <https://a.org|here> &amp; &lt;there&gt;") == "see here (https://a.org) & <there>"
    assert calls_in({"text": "<!channel> &lt;!here&gt; <@U1>"}) == ["<!channel>", "<@U1>"]


# --- the manifest -----------------------------------------------------------------------------------------------------
MANIFEST = yaml.safe_load((PROJECT_ROOT / "deploy/slack-manifest.yml").read_text(encoding="utf-8"))
SCOPE_OF_EVENT = {  # as Slack's pages on the events say
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "app_home_opened": None,
    "app_uninstalled": None,
    "tokens_revoked": None,
}
SCOPE_OF_METHOD = {
    "chat_postMessage": "chat:write",
    "chat_update": "chat:write",
    "chat_postEphemeral": "chat:write",
    "conversations_open": "im:write",
}
WITHOUT_SCOPE = {"auth_test", "views_publish"}


def test_manifest_asks_for_what_events_need() -> None:
    asked = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert asked == set(SCOPE_OF_EVENT)
    assert {one.partition(".")[0] for one in asked} == set(EVENTS)
    needed = {scope for scope in SCOPE_OF_EVENT.values() if scope}
    # commands for /advisor; im:write to write to somebody who has only used the command
    needed |= {"commands", "im:write", *SCOPE_OF_METHOD.values()}
    assert set(MANIFEST["oauth_config"]["scopes"]["bot"]) == needed


def test_manifest_knows_every_method_we_call() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (PROJECT_ROOT / "channels/slack").rglob("*.py")]
    called = {name for source in sources for name in re.findall(r"(?:client|self)\.web\.(\w+)", source)}
    assert called == {*SCOPE_OF_METHOD, *WITHOUT_SCOPE}


def test_manifest_leads_to_our_webhook() -> None:
    settings = MANIFEST["settings"]
    [command] = MANIFEST["features"]["slash_commands"]
    urls = {command["url"], settings["event_subscriptions"]["request_url"], settings["interactivity"]["request_url"]}
    assert urls == {f"https://advisor.example.org{WEBHOOK_PATH}"}
    assert command["command"] == COMMAND and command["should_escape"] and settings["interactivity"]["is_enabled"]
    assert WEBHOOK == WEBHOOK_PATH


def test_manifest_lets_people_write() -> None:
    home = MANIFEST["features"]["app_home"]
    assert home["home_tab_enabled"] and home["messages_tab_enabled"] and not home["messages_tab_read_only_enabled"]
    shown = MANIFEST["display_information"]
    assert (
        len(shown["name"]) <= 35 and len(shown["description"]) <= 140 and 174 <= len(shown["long_description"]) <= 4000
    )
    assert len(MANIFEST["features"]["bot_user"]["display_name"]) <= 80
