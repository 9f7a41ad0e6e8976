"""Classify intents and topics by a kernel method over sentence vectors and n-grams."""
