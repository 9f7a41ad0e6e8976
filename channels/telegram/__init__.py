"""Telegram: updates come by webhook or long polling, replies go out by the Bot API; built on python-telegram-bot."""

from channels.info import ChannelInfo, StandIn

NAME = "telegram"
WEBHOOK_PATH = "/webhooks/telegram/webhook"
SECRET_HEADER = "x-telegram-bot-api-secret-token"
KINDS_OF_UPDATE = ("message", "edited_message", "callback_query")  # which Telegram is asked to send; others are ignored
INFO = ChannelInfo(
    {NAME: "Telegram"},
    setup="channels.telegram.setup",
    needs="telegram_token",
    stand_in=StandIn(
        "demo.stand_ins.telegram",
        lambda url: {"telegram_token": "42:stand-in", "telegram_secret": "", "telegram_api_url": url},
    ),
)
