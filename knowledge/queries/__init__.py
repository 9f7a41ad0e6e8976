"""Query the knowledge base, one subject a module."""
