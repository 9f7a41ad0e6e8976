"""Makes a draft of a guide pack from pages and files that an organisation has already; nothing of it is served unread."""
