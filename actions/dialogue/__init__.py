"""Resolves a message with the dialogue state, decides what answers it, and shapes the reply."""
