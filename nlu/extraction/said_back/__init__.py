"""The question of a message in the words with which it is said back to whoever asked it."""
