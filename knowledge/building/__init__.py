"""Build the knowledge base from its source files."""
