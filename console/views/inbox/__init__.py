"""Pages about conversations: list, transcript, hand-off, contacts, export."""
