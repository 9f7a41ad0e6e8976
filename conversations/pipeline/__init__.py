"""The way of a message: inbox, turn, outbox, delivery."""
