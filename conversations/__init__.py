"""Conversations: storing them, answering them, handing them to a person, reviewing them and learning from them."""
