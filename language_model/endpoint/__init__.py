"""The endpoint: how it is called, how often, and what its answers are told by."""
