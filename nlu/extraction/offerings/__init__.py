"""What a message asks of an organisation's own programs: words sought, and criteria of their offerings."""
