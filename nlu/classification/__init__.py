"""The classifier of intents and topics: kernel ridge regression over vectors and n-grams."""
