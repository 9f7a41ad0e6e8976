"""The advisor to look at: made-up conversations, and stand-ins of Telegram and Slack."""
