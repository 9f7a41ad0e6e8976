"""What was said: every conversation, kept. Inbox, turn, outbox, hand-off, privacy (design: sections 6 and 7)."""
