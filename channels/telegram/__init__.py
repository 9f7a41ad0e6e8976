"""Telegram: updates in by webhook or long polling, messages out by the Bot API; on python-telegram-bot."""

NAME = "telegram"
WEBHOOK_PATH = "/webhooks/telegram/webhook"
KINDS_OF_UPDATE = ("message", "callback_query")  # what we ask Telegram to send us; whatever else comes is let go by
