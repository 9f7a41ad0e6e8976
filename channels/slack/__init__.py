"""Slack: events, button presses and the slash command in by one webhook, messages out by the Web API; on slack-bolt."""

NAME = "slack"
WEBHOOK_PATH = "/webhooks/slack"  # one address for events, interactivity and the slash command
COMMAND = "/advisor"
EVENTS = (  # what we act on; all else is let go by
    *("message", "app_mention", "app_home_opened"),
    *("tokens_revoked", "app_uninstalled"),
)
