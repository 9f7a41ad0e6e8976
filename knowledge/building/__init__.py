"""Build the knowledge base from its sources."""
