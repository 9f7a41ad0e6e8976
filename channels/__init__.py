"""Channels: ways to reach the advisor. Each turns a platform's messages into Inbound, and replies into the platform's form."""
