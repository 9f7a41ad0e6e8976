"""Slack's side of the channel: calls of the Web API, what its JSON says, and Socket Mode."""
