"""Every kind of call that Slack makes, in its documented shape: what becomes of it. The Web API is a strict stand-in."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

from tests.front.slack_fixtures import shared_slack, slack, web_api  # noqa: F401  # fixtures


def test_direct_message_is_answered(slack):
    slack.write("what is a micro-credential?")
    assert slack.answer() == "re: what is a micro-credential?"
    assert slack.world.refused == []


def test_mention_is_answered_once_in_thread(slack):
    ts = slack.write(f"{slack.us} which country?", "C1")
    assert slack.answer("C1", ts) == "re: which country?"
    slack.quiet()
    assert len(slack.world.by_bot("C1", ts)) == 2
