"""Telegram: updates in by webhook or long polling, messages out by the Bot API; on python-telegram-bot."""

NAME = "telegram"
WEBHOOK_PATH = "/webhooks/telegram/webhook"
# What we ask Telegram to send us; whatever else comes is let go by.
KINDS_OF_UPDATE = ("message", "edited_message", "callback_query")
