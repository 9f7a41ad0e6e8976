"""Read-only queries of the knowledge base, one subject a file."""
