"""What the engine and the front agree on: messages, turns, and the intents that code relies on. Standard library only."""
