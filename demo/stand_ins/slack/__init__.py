"""A stand-in for Slack on loopback: the Web API with its published limits, signed calls, and a desk to chat at."""
