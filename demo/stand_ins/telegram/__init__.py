"""A stand-in for Telegram on loopback: the Bot API with its published limits, and a phone to chat with."""
