"""What the advisor says: one subject a file; the words are in replies/."""
