"""Telegram's side of the channel: calls of the Bot API, what its JSON says, and fetching updates by long polling."""
