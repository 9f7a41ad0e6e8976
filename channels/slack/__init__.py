"""Slack: events, button presses and the slash command come by one webhook, replies go out by the Web API; on slack-bolt."""

from channels.info import ChannelInfo, StandIn

NAME = "slack"
WEBHOOK_PATH = "/webhooks/slack"  # one address for events, interactivity and the slash command
COMMAND = "/advisor"
EVENTS = (  # which the app subscribes to; others are ignored
    *("message", "app_mention", "app_home_opened"),
    *("tokens_revoked", "app_uninstalled"),
)
INFO = ChannelInfo(
    {NAME: "Slack"},
    setup="channels.slack.setup",
    needs="slack_bot_token",
    stand_in=StandIn(
        "demo.stand_ins.slack",
        lambda url: {
            "slack_bot_token": "xoxb-stand-in",
            "slack_signing_secret": "the-stand-ins-secret",
            "slack_api_url": f"{url}/api/",
        },
        calls_front=True,
    ),
)
